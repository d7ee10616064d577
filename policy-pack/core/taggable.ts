/**
 * Types that take tags. A resource without any tag does not tell whether it could have some, and the engine gives a rule no schema.
 * Read from @pulumi/aws 7.48.0; the test compares it with the version that is installed.
 */
const lines = `
accessanalyzer: analyzer
accountaccess: application
acm: certificate
acmpca: certificateAuthority
agentregistry: registry
amp: anomalyDetector ruleGroupNamespace scraper workspace
amplify: app branch
apigateway: apiKey clientCertificate domainName domainNameAccessAssociation restApi stage usagePlan vpcLink
apigatewayv2: api domainName stage vpcLink
appautoscaling: target
appconfig: application configurationProfile deployment deploymentStrategy environment eventIntegration extension
appfabric: appAuthorization appBundle ingestion ingestionDestination
appflow: flow
appintegrations: dataIntegration
applicationinsights: application
appmesh: gatewayRoute mesh route virtualGateway virtualNode virtualRouter virtualService
apprunner: autoScalingConfigurationVersion connection observabilityConfiguration service vpcConnector vpcIngressConnection
appstream: fleet imageBuilder stack
appsync: api channelNamespace graphQLApi
arcregionswitch: plan
athena: capacityReservation dataCatalog workgroup
auditmanager: assessment control framework
autoscaling: group
backup: framework logicallyAirGappedVault plan reportPlan restoreTestingPlan vault
batch: computeEnvironment jobDefinition jobQueue schedulingPolicy
bcmdata: export
bedrock: agentAgent agentAgentAlias agentFlow agentKnowledgeBase agentPrompt agentcoreAgentRuntime agentcoreAgentRuntimeEndpoint
bedrock: agentcoreApiKeyCredentialProvider agentcoreBrowser agentcoreBrowserProfile agentcoreCodeInterpreter agentcoreEvaluator
bedrock: agentcoreGateway agentcoreHarness agentcoreMemory agentcoreOauth2CredentialProvider agentcoreOnlineEvaluationConfig
bedrock: agentcorePolicyEngine customModel evaluationJob guardrail inferenceProfile provisionedModelThroughput
billing: view
budgets: budget budgetAction
cfg: aggregateAuthorization configurationAggregator rule
chatbot: slackChannelConfiguration teamsChannelConfiguration
chime: sdkvoiceSipMediaApplication sdkvoiceVoiceProfileDomain voiceConnector
chimesdkmediapipelines: mediaInsightsPipelineConfiguration
cleanrooms: collaboration configuredTable membership
cloud9: environmentEC2
cloudformation: stack stackSet
cloudfront: anycastIpList connectionFunction connectionGroup distribution distributionTenant function keyValueStore
cloudfront: multitenantDistribution trustStore vpcOrigin
cloudhsmv2: cluster
cloudtrail: eventDataStore trail
cloudwatch: alarmMuteRule compositeAlarm contributorInsightRule contributorManagedInsightRule eventBus eventRule internetMonitor
cloudwatch: logAnomalyDetector logDelivery logDeliveryDestination logDeliverySource logDestination logGroup metricAlarm metricStream
codeartifact: domain repository
codebuild: fleet project reportGroup
codecommit: repository
codeconnections: connection host
codedeploy: application deploymentGroup
codeguruprofiler: profilingGroup
codegurureviewer: repositoryAssociation
codepipeline: customActionType pipeline webhook
codestarconnections: connection
codestarnotifications: notificationRule
cognito: identityPool userPool
comprehend: documentClassifier entityRecognizer
connect: contactFlow contactFlowModule hoursOfOperation instance phoneNumber queue quickConnect routingProfile securityProfile user
connect: userHierarchyGroup vocabulary
controltower: baseline landingZone
costexplorer: anomalyMonitor anomalySubscription costCategory
cur: reportDefinition
customerprofiles: domain
dataexchange: dataSet revision revisionAssets
datapipeline: pipeline
datasync: agent efsLocation fsxOpenZfsFileSystem locationAzureBlob locationFsxLustre locationFsxOntapFileSystem locationFsxWindows
datasync: locationHdfs locationObjectStorage locationSmb nfsLocation s3Location task
datazone: domain
dax: cluster
detective: graph
devicefarm: devicePool instanceProfile networkProfile project testGridProject
devopsguru: resourceCollection
directconnect: connection gateway hostedPrivateVirtualInterfaceAccepter hostedPublicVirtualInterfaceAccepter
directconnect: hostedTransitVirtualInterfaceAcceptor linkAggregationGroup privateVirtualInterface publicVirtualInterface
directconnect: transitVirtualInterface
directoryservice: directory serviceRegion
dlm: lifecyclePolicy
dms: certificate dataProvider endpoint eventSubscription instanceProfile migrationProject replicationConfig replicationInstance
dms: replicationSubnetGroup replicationTask s3Endpoint
docdb: cluster clusterInstance clusterParameterGroup elasticCluster eventSubscription subnetGroup
drs: replicationConfigurationTemplate
dsql: cluster
dynamodb: table tableReplica
ebs: snapshot snapshotCopy snapshotImport volume volumeCopy
ec2: ami amiCopy amiFromInstance capacityBlockReservation capacityReservation carrierGateway customerGateway dedicatedHost
ec2: defaultNetworkAcl defaultRouteTable defaultSecurityGroup defaultSubnet defaultVpc defaultVpcDhcpOptions egressOnlyInternetGateway
ec2: eip encryptionControl fleet flowLog instance internetGateway keyPair launchTemplate localGatewayRouteTable
ec2: localGatewayRouteTableVirtualInterfaceGroupAssociation localGatewayRouteTableVpcAssociation managedPrefixList natGateway networkAcl
ec2: networkInsightsAccessScope networkInsightsAnalysis networkInsightsPath networkInterface placementGroup routeTable secondaryNetwork
ec2: secondarySubnet securityGroup spotFleetRequest spotInstanceRequest subnet trafficMirrorFilter trafficMirrorSession
ec2: trafficMirrorTarget vpc vpcBlockPublicAccessExclusion vpcDhcpOptions vpcEncryptionControl vpcEndpoint vpcEndpointService vpcIpam
ec2: vpcIpamPool vpcIpamPoolCidrAllocation vpcIpamResourceDiscovery vpcIpamResourceDiscoveryAssociation vpcIpamScope
ec2: vpcPeeringConnection vpcPeeringConnectionAccepter vpnConcentrator vpnConnection vpnGateway
ec2clientvpn: endpoint
ec2transitgateway: connect connectPeer instanceConnectEndpoint meteringPolicy multicastDomain peeringAttachment
ec2transitgateway: peeringAttachmentAccepter policyTable routeTable transitGateway vpcAttachment vpcAttachmentAccepter
ecr: repository
ecrpublic: repository
ecs: capacityProvider cluster daemon daemonTaskDefinition expressGatewayService service taskDefinition taskSet
efs: accessPoint fileSystem
eks: accessEntry addon capability cluster fargateProfile identityProviderConfig nodeGroup podIdentityAssociation
elasticache: cluster parameterGroup replicationGroup reservedCacheNode serverlessCache subnetGroup user userGroup
elasticbeanstalk: application applicationVersion environment
elasticsearch: domain
elb: loadBalancer
emr: cluster studio
emrcontainers: jobTemplate virtualCluster
emrserverless: application
evidently: feature launch project segment
finspace: kxCluster kxDatabase kxDataview kxEnvironment kxScalingGroup kxUser kxVolume
fis: experimentTemplate
fms: policy resourceSet
fsx: backup dataRepositoryAssociation fileCache lustreFileSystem ontapFileSystem ontapStorageVirtualMachine ontapVolume
fsx: openZfsFileSystem openZfsSnapshot openZfsVolume windowsFileSystem
gamelift: alias build fleet gameServerGroup gameSessionQueue script
glacier: vault
globalaccelerator: accelerator crossAccountAttachment customRoutingAccelerator
glue: catalog catalogDatabase connection crawler dataQualityRuleset devEndpoint job mLTransform registry schema trigger workflow
grafana: workspace
guardduty: detector filter iPSet malwareProtectionPlan publishingDestination threatIntelSet
iam: instanceProfile openIdConnectProvider policy role samlProvider serverCertificate serviceLinkedRole user virtualMfaDevice
imagebuilder: component containerRecipe distributionConfiguration image imagePipeline imageRecipe infrastructureConfiguration
imagebuilder: lifecyclePolicy workflow
inspector: assessmentTemplate
inspector2: filter
invoicing: invoiceUnit
iot: authorizer billingGroup caCertificate domainConfiguration policy provisioningTemplate roleAlias thingGroup thingType topicRule
ivs: channel playbackKeyPair recordingConfiguration
ivschat: loggingConfiguration room
kendra: dataSource faq index querySuggestionsBlockList thesaurus
keyspaces: keyspace table
kinesis: analyticsApplication firehoseDeliveryStream stream streamConsumer videoStream
kinesisanalyticsv2: application
kms: externalKey key replicaExternalKey replicaKey
lambda: capacityProvider codeSigningConfig eventSourceMapping function microvmsImage
lambdamicrovms: image
lb: listener listenerRule loadBalancer targetGroup trustStore
lex: v2modelsBot
licensemanager: licenseConfiguration
lightsail: bucket certificate containerService database disk distribution instance keyPair lb
location: geofenceCollection map placeIndex routeCalculation tracker
m2: application environment
macie: customDataIdentifier findingsFilter
macie2: classificationJob member
mailmanager: archive ingressPoint relay ruleSet trafficPolicy
mediaconvert: queue
medialive: channel input inputSecurityGroup multiplex
mediapackage: channel
mediapackagev2: channelGroup
mediastore: container
memorydb: acl cluster multiRegionCluster parameterGroup snapshot subnetGroup user
mq: broker configuration
msk: channel cluster replicator serverlessCluster vpcConnection
mskconnect: connector customPlugin workerConfiguration
mwaa: environment
neptune: cluster clusterEndpoint clusterInstance clusterParameterGroup eventSubscription parameterGroup subnetGroup
neptunegraph: graph
networkfirewall: containerAssociation firewall firewallPolicy ruleGroup tlsInspectionConfiguration vpcEndpointAssociation
networkflowmonitor: monitor scope
networkmanager: connectAttachment connectPeer connection coreNetwork device dxGatewayAttachment globalNetwork link site
networkmanager: siteToSiteVpnAttachment transitGatewayPeering transitGatewayRouteTableAttachment vpcAttachment
networkmonitor: monitor probe
notifications: contactsEmailContact notificationConfiguration
oam: link sink
observabilityadmin: centralizationRuleForOrganization s3TableIntegration telemetryPipeline telemetryRule telemetryRuleForOrganization
odb: cloudAutonomousVmCluster cloudExadataInfrastructure cloudVmCluster network networkPeeringConnection
opensearch: application domain serverlessCollection serverlessCollectionGroup
opensearchingest: pipeline
organizations: account organizationalUnit policy resourcePolicy
paymentcryptography: key
pinpoint: app emailTemplate smsvoicev2ConfigurationSet smsvoicev2OptOutList smsvoicev2PhoneNumber smsvoicev2Pool smsvoicev2SenderId
pipes: pipe
qbusiness: application
qldb: ledger stream
quicksight: analysis customPermissions dashboard dataSet dataSource folder namespace template theme vpcConnection
ram: permission resourceShare
rbin: rule
rds: cluster clusterEndpoint clusterInstance clusterParameterGroup clusterSnapshot clusterSnapshotCopy customDbEngineVersion
rds: eventSubscription globalCluster instance integration optionGroup parameterGroup proxy proxyEndpoint reservedInstance shardGroup
rds: snapshot snapshotCopy subnetGroup
redshift: cluster clusterSnapshot eventSubscription hsmClientCertificate hsmConfiguration idcApplication integration parameterGroup
redshift: snapshotCopyGrant snapshotSchedule subnetGroup usageLimit
redshiftserverless: namespace workgroup
rekognition: collection project streamProcessor
resiliencehub: resiliencyPolicy v2Policy v2Service v2System
resourceexplorer: index view
resourcegroups: group
rolesanywhere: profile trustAnchor
route53: healthCheck profilesAssociation profilesProfile resolverEndpoint resolverFirewallDomainList resolverFirewallRuleGroup
route53: resolverFirewallRuleGroupAssociation resolverQueryLogConfig resolverRule zone
route53domains: domain registeredDomain
route53recoverycontrol: cluster controlPanel safetyRule
route53recoveryreadiness: cell readinessCheck recoveryGroup resourceSet
rum: appMonitor
s3: accessPoint bucket bucketObject directoryBucket filesAccessPoint filesFileSystem objectCopy vectorsIndex vectorsVectorBucket
s3control: accessGrant accessGrantsInstance accessGrantsLocation bucket storageLensConfiguration
s3tables: table tableBucket
sagemaker: algorithm app appImageConfig codeRepository dataQualityJobDefinition deviceFleet domain endpoint endpointConfiguration
sagemaker: featureGroup flowDefinition hub hubContentReference humanTaskUI hyperParameterTuningJob image labelingJob mlflowApp
sagemaker: mlflowTrackingServer model modelCard modelPackageGroup monitoringSchedule notebookInstance
sagemaker: notebookInstanceLifecycleConfiguration pipeline project space studioLifecycleConfig trainingJob userProfile workteam
savingsplans: savingsPlan
scheduler: scheduleGroup
schemas: discoverer registry schema
secretsmanager: secret
securityhub: accountV2 aggregatorV2 automationRule automationRuleV2 connectorV2
securitylake: dataLake subscriber
serverlessrepository: cloudFormationStack
servicecatalog: appregistryApplication appregistryAttributeGroup portfolio product provisionedProduct
servicediscovery: httpNamespace privateDnsNamespace publicDnsNamespace service
sesv2: configurationSet contactList dedicatedIpPool emailIdentity multiRegionEndpoint tenant
sfn: activity stateMachine
shield: protection protectionGroup
signer: signingProfile
sns: topic
sqs: queue
ssm: activation association contactsRotation document maintenanceWindow parameter patchBaseline quicksetupConfigurationManager
ssmcontacts: contact
ssmincidents: replicationSet responsePlan
ssoadmin: application permissionSet trustedTokenIssuer
storagegateway: cachesIscsiVolume fileSystemAssociation gateway nfsFileShare smbFileShare storedIscsiVolume tapePool
swf: domain
synthetics: canary group
timestreaminfluxdb: dbCluster dbInstance
timestreamquery: scheduledQuery
timestreamwrite: database table
transcribe: languageModel medicalVocabulary vocabulary vocabularyFilter
transfer: agreement certificate connector hostKey profile server user webApp workflow
verifiedaccess: endpoint group instance trustProvider
verifiedpermissions: policyStore
vpc: routeServer routeServerEndpoint routeServerPeer securityGroupEgressRule securityGroupIngressRule
vpclattice: accessLogSubscription domainVerification listener listenerRule resourceConfiguration resourceGateway service serviceNetwork
vpclattice: serviceNetworkResourceAssociation serviceNetworkServiceAssociation serviceNetworkVpcAssociation targetGroup
waf: rateBasedRule rule ruleGroup webAcl
wafregional: rateBasedRule rule ruleGroup webAcl
wafv2: ipSet regexPatternSet ruleGroup webAcl
workmail: organization
workspaces: connectionAlias directory ipGroup pool workspace
workspacesweb: browserSettings dataProtectionSettings identityProvider ipAccessSettings networkSettings portal sessionLogger trustStore
workspacesweb: userAccessLoggingSettings userSettings
xray: group samplingRule
`;

export const taggable: ReadonlySet<string> = new Set(
    lines
        .trim()
        .split("\n")
        .flatMap((line) => {
            const [module = "", names = ""] = line.split(": ");
            return names.split(" ").map((name) => `${module}/${name}`);
        }),
);

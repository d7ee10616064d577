import { describeRule, subject } from "../testing.ts";

describeRule({
    rule: "no-default-vpc",
    type: "ec2/defaultVpc",
    violations: [{ says: ["expected a VPC of your own, got the account's default one"] }],
});

const subnet = (name: string, zone: string) => ({ name, type: "ec2/subnet", props: { availabilityZone: zone }, links: { vpcId: subject } });
const gateway = (name: string, place: string) => ({ name, type: "ec2/natGateway", links: { subnetId: place } });
const subnets = [subnet("a", "eu-west-1a"), subnet("b", "eu-west-1b")];

describeRule({
    rule: "nat-gateway-per-az",
    type: "ec2/vpc",
    compliant: {},
    others: [...subnets, gateway("one", "a"), gateway("two", "b")],
    alsoCompliant: [
        {
            others: [
                ...subnets,
                { name: "nat", type: "ec2/natGateway", props: { availabilityMode: "regional" }, links: { vpcId: subject } },
            ],
        },
    ],
    violations: [{ others: [...subnets, gateway("one", "a")], says: ["expected a NAT gateway in each zone, got none in eu-west-1b"] }],
    notApplicable: [{ others: subnets }],
});

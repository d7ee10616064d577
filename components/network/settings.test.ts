import { expect } from "chai";
import { missingEndpoints } from "./endpoint-services.ts";
import { NetworkSettings } from "./settings.ts";

const sound = { cidr: "10.20.0.0/16", zones: 3, nat: "perZone" };

function refusals(change: object): string[] {
    const parsed = NetworkSettings.safeParse({ ...sound, ...change });
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("settings of the network", () => {
    it("take a block, zones and a way out, and fill in the rest", () => {
        expect(NetworkSettings.parse(sound)).deep.equal({
            ...sound,
            endpoints: [],
            ipv6: false,
            dataPorts: [3306, 5432, 6379, 6380],
            secondaryCidrs: {},
            subnetTags: {},
        });
    });

    it("have no default for what must differ between environments", () => {
        for (const key of ["cidr", "zones", "nat"]) {
            expect(refusals({ [key]: undefined }), key).to.have.lengthOf(1);
        }
    });

    for (const [title, change, words] of [
        ["an unknown way out", { nat: "one" }, ['nat: expected "none", "single", "perZone" or "regional", got "one"']],
        [
            "a block too small for the ledger",
            { cidr: "10.20.0.0/22" },
            [
                "cidr: is too small: /22 leaves a /27 of 27 addresses in each of four zones for the data tier, and the ledger needs /20 or wider",
            ],
        ],
        [
            "a misspelt endpoint, with the one that is meant",
            { endpoints: ["secretmanager"] },
            ['endpoints.0: expected "secretsmanager", got "secretmanager"'],
        ],
        ["a service twice", { endpoints: ["ssm", "ssm"] }, ["endpoints: names a service twice: a network has one endpoint a service"]],
        ["SSH as a port of data", { dataPorts: [22] }, ["dataPorts.0: must not be a shell's port (22, 3389): use Session Manager, got 22"]],
        ["a port twice", { dataPorts: [5432, 5432] }, ["dataPorts: names a port twice"]],
        [
            "an aggregation that EC2 does not know",
            { flowLogs: { destination: "cloudwatch", aggregationSeconds: 300 } },
            ["flowLogs.aggregationSeconds: expected 60 or 600, got 300"],
        ],
        [
            "flow logs to somewhere else",
            { flowLogs: { destination: "firehose" } },
            ['flowLogs.destination: expected destination "cloudwatch" or "s3", got "firehose"'],
        ],
        [
            "a secondary block of another family",
            { secondaryCidrs: { pods: "192.168.0.0/16" } },
            [
                "secondaryCidrs.pods: expected a block in 10.0.0.0/8 or 100.64.0.0/10, because AWS does not mix families of private space with 10.20.0.0/16, got 192.168.0.0/16",
            ],
        ],
        [
            "secondary blocks that overlap",
            { secondaryCidrs: { pods: "100.64.0.0/16", more: "100.64.128.0/20" } },
            ["secondaryCidrs.more: overlaps pods (100.64.0.0/16)"],
        ],
        [
            "fewer names than zones",
            { zoneNames: ["eu-west-1a", "eu-west-1b"] },
            ["zoneNames: must name at least as many zones as zones says (3), got 2"],
        ],
        ["a zone twice", { zones: 2, zoneNames: ["eu-west-1a", "eu-west-1a"] }, ["zoneNames: names a zone twice"]],
        [
            "a zone's letter alone",
            { zones: 2, zoneNames: ["a", "eu-west-1b"] },
            ['zoneNames.0: expected the name of an availability zone such as eu-west-1a, got "a"'],
        ],
        [
            "foreign name servers beside interface endpoints",
            { endpoints: ["ssm"], dhcp: { nameServers: ["10.20.0.2"] } },
            [
                "dhcp.nameServers: must include AmazonProvidedDNS while there are interface endpoints, because only it knows their private names",
            ],
        ],
    ] as const) {
        it(`refuse ${title}`, () => {
            expect(refusals(change)).deep.equal(words);
        });
    }

    it("say a wrong block once, even with secondary blocks to compare it with", () => {
        expect(refusals({ cidr: "everything", secondaryCidrs: { pods: "100.64.0.0/16" } })).deep.equal([
            'cidr: expected an IPv4 block such as 10.20.0.0/16, got "everything"',
        ]);
    });

    it("tell which endpoints a network without NAT lacks, and none where NAT is", () => {
        expect(missingEndpoints({ nat: "none", endpoints: ["ssm"] }, ["ssm", "ssmmessages", "logs"])).deep.equal(["ssmmessages", "logs"]);
        expect(missingEndpoints({ nat: "single", endpoints: [] }, ["ssm"])).deep.equal([]);
    });
});

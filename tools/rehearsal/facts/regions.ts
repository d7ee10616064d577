/** Regions and their zones, with the zones that need an opt-in. Zone ids are those of one account: AWS shuffles the letters. */
export interface RegionFacts {
    readonly letters: string;
    /** Short form in zone ids: use1-az1. */
    readonly code: string;
    readonly name: string;
    readonly optIn?: boolean;
    /** Who wrote load-balancer logs before the service principal did; regions from 2022 on have none. */
    readonly elbAccount?: string;
    /** Hosted zone of application load balancers, and of network load balancers. */
    readonly albZone?: string;
    readonly nlbZone?: string;
    readonly s3Zone?: string;
}

export const regions: { readonly [region: string]: RegionFacts } = {
    "af-south-1": {
        letters: "abc",
        code: "afs1",
        name: "Africa (Cape Town)",
        optIn: true,
        elbAccount: "098369216593",
        albZone: "Z268VQBMOI5EKX",
        nlbZone: "Z203XCE67M25HM",
        s3Zone: "Z83WF9RJE8B12",
    },
    "ap-east-1": {
        letters: "abc",
        code: "ape1",
        name: "Asia Pacific (Hong Kong)",
        optIn: true,
        elbAccount: "754344448648",
        albZone: "Z3DQVH9N71FHZ0",
        nlbZone: "Z12Y7K3UBGUAD1",
        s3Zone: "ZNB98KWMFR0R6",
    },
    "ap-northeast-1": {
        letters: "acd",
        code: "apne1",
        name: "Asia Pacific (Tokyo)",
        elbAccount: "582318560864",
        albZone: "Z14GRHDCWA56QT",
        nlbZone: "Z31USIVHYNEOWT",
        s3Zone: "Z2M4EHUR26P7ZW",
    },
    "ap-northeast-2": {
        letters: "abcd",
        code: "apne2",
        name: "Asia Pacific (Seoul)",
        elbAccount: "600734575887",
        albZone: "ZWKZPGTI48KDX",
        nlbZone: "ZIBE1TIR4HY56",
        s3Zone: "Z3W03O7B5YMIYP",
    },
    "ap-northeast-3": {
        letters: "abc",
        code: "apne3",
        name: "Asia Pacific (Osaka)",
        elbAccount: "383597477331",
        albZone: "Z5LXEXXYW11ES",
        nlbZone: "Z1GWIQ4HH19I5X",
        s3Zone: "Z2YQB5RD63NC85",
    },
    "ap-south-1": {
        letters: "abc",
        code: "aps1",
        name: "Asia Pacific (Mumbai)",
        elbAccount: "718504428378",
        albZone: "ZP97RAFLXTNZK",
        nlbZone: "ZVDDRBQ08TROA",
        s3Zone: "Z11RGJOFQNVJUP",
    },
    "ap-southeast-1": {
        letters: "abc",
        code: "apse1",
        name: "Asia Pacific (Singapore)",
        elbAccount: "114774131450",
        albZone: "Z1LMS91P8CMLE5",
        nlbZone: "ZKVM4W9LS7TM",
        s3Zone: "Z3O0J2DXBE1FTB",
    },
    "ap-southeast-2": {
        letters: "abc",
        code: "apse2",
        name: "Asia Pacific (Sydney)",
        elbAccount: "783225319266",
        albZone: "Z1GM3OXH4ZPM65",
        nlbZone: "ZCT6FZBF4DROD",
        s3Zone: "Z1WCIGYICN2BYD",
    },
    "ca-central-1": {
        letters: "abd",
        code: "cac1",
        name: "Canada (Central)",
        elbAccount: "985666609251",
        albZone: "ZQSVJUPU6J1EY",
        nlbZone: "Z2EPGBW3API2WT",
        s3Zone: "Z1QDHH18159H29",
    },
    "eu-central-1": {
        letters: "abc",
        code: "euc1",
        name: "Europe (Frankfurt)",
        elbAccount: "054676820928",
        albZone: "Z215JYRZR1TBD5",
        nlbZone: "Z3F0SRJ5LGBH90",
        s3Zone: "Z21DNDUVLTQW6Q",
    },
    "eu-central-2": {
        letters: "abc",
        code: "euc2",
        name: "Europe (Zurich)",
        optIn: true,
        albZone: "Z06391101F2ZOEP8P5EB3",
        nlbZone: "Z02239872DOALSIDCX66S",
        s3Zone: "Z030506016YDQGETNASS",
    },
    "eu-north-1": {
        letters: "abc",
        code: "eun1",
        name: "Europe (Stockholm)",
        elbAccount: "897822967062",
        albZone: "Z23TAZ6LKFMNIO",
        nlbZone: "Z1UDT6IFJ4EJM",
        s3Zone: "Z3BAZG2TWCNX0D",
    },
    "eu-south-1": {
        letters: "abc",
        code: "eus1",
        name: "Europe (Milan)",
        optIn: true,
        elbAccount: "635631232127",
        albZone: "Z3ULH7SSC9OV64",
        nlbZone: "Z23146JA1KNAFP",
        s3Zone: "Z30OZKI7KPW7MI",
    },
    "eu-south-2": {
        letters: "abc",
        code: "eus2",
        name: "Europe (Spain)",
        optIn: true,
        albZone: "Z0956581394HF5D5LXGAP",
        nlbZone: "Z1011216NVTVYADP1SSV",
        s3Zone: "Z0081959F7139GRJC19J",
    },
    "eu-west-1": {
        letters: "abc",
        code: "euw1",
        name: "Europe (Ireland)",
        elbAccount: "156460612806",
        albZone: "Z32O12XQLNTSW2",
        nlbZone: "Z2IFOLAFXWLO4F",
        s3Zone: "Z1BKCTXD74EZPE",
    },
    "eu-west-2": {
        letters: "abc",
        code: "euw2",
        name: "Europe (London)",
        elbAccount: "652711504416",
        albZone: "ZHURV8PSTC4K8",
        nlbZone: "ZD4D7Y8KGAS4G",
        s3Zone: "Z3GKZC51ZF0DB4",
    },
    "eu-west-3": {
        letters: "abc",
        code: "euw3",
        name: "Europe (Paris)",
        elbAccount: "009996457667",
        albZone: "Z3Q77PNBQS71R4",
        nlbZone: "Z1CMS0P5QUZ6D5",
        s3Zone: "Z3R1K369G5AVDG",
    },
    "me-south-1": {
        letters: "abc",
        code: "mes1",
        name: "Middle East (Bahrain)",
        optIn: true,
        elbAccount: "076674570225",
        albZone: "ZS929ML54UICD",
        nlbZone: "Z3QSRYVP46NYYV",
        s3Zone: "Z1MPMWCPA7YB62",
    },
    "sa-east-1": {
        letters: "abc",
        code: "sae1",
        name: "South America (Sao Paulo)",
        elbAccount: "507241528517",
        albZone: "Z2P70J7HTTTPLU",
        nlbZone: "ZTK26PT1VY4CU",
        s3Zone: "Z7KQH4QJS55SO",
    },
    "us-east-1": {
        letters: "abcdef",
        code: "use1",
        name: "US East (N. Virginia)",
        elbAccount: "127311923021",
        albZone: "Z35SXDOTRQ7X7K",
        nlbZone: "Z26RNL4JYFTOTI",
        s3Zone: "Z3AQBSTGFYJSTF",
    },
    "us-east-2": {
        letters: "abc",
        code: "use2",
        name: "US East (Ohio)",
        elbAccount: "033677994240",
        albZone: "Z3AADJGX6KTTL2",
        nlbZone: "ZLMOA37VPKANP",
        s3Zone: "Z2O1EMRO9K5GLX",
    },
    "us-west-1": {
        letters: "ac",
        code: "usw1",
        name: "US West (N. California)",
        elbAccount: "027434742980",
        albZone: "Z368ELLRRE2KJ0",
        nlbZone: "Z24FKFUX50B4VW",
        s3Zone: "Z2F56UZL2M1ACD",
    },
    "us-west-2": {
        letters: "abcd",
        code: "usw2",
        name: "US West (Oregon)",
        elbAccount: "797873946194",
        albZone: "Z1H1FL5HABSF5",
        nlbZone: "Z18D5FSROUN65G",
        s3Zone: "Z3BJ6K6RIION7M",
    },
};

/** Regions that exist and need no facts of their own here. */
const others = [
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "il-central-1",
    "me-central-1",
    "mx-central-1",
];

export function factsOf(region: string): RegionFacts | undefined {
    const facts = regions[region];
    if (facts) return facts;
    return others.includes(region) ? { letters: "abc", code: region.replaceAll("-", ""), name: region, optIn: true } : undefined;
}

export function regionNames(): readonly string[] {
    return [...Object.keys(regions), ...others];
}

export function zonesOf(region: string): readonly { readonly name: string; readonly id: string }[] {
    const facts = factsOf(region);
    return facts ? [...facts.letters].map((letter, index) => ({ name: `${region}${letter}`, id: `${facts.code}-az${index + 1}` })) : [];
}

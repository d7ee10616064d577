import { expect } from "chai";
import type { z } from "zod";
import { accountId, arnOf, dailyWindow, domainName, logRetentionDays, mapKey } from "./fields.ts";

function refusal(schema: z.ZodType, value: unknown): string | undefined {
    return schema.safeParse(value).error?.issues[0]?.message;
}

describe("fields that settings share", () => {
    it("say what they expected and what they got", () => {
        expect(refusal(accountId, "1234")).to.equal(
            'expected an account id of twelve digits in quotes, such as "123456789012", got "1234"',
        );
        expect(refusal(mapKey, "Big_One")).to.equal(
            'expected a name of 1 to 16 lower-case letters and digits that starts with a letter, got "Big_One"',
        );
        expect(refusal(domainName, "example")).to.equal('expected a domain name in lower case such as app.example.com, got "example"');
        expect(refusal(dailyWindow, "24:00-25:00")).to.equal('expected a UTC window such as 02:00-03:00, got "24:00-25:00"');
        expect(refusal(arnOf("kms"), "arn:aws:s3:::x")).to.equal('expected an ARN of kms, got "arn:aws:s3:::x"');
    });

    it("take what AWS takes", () => {
        expect(refusal(accountId, "123456789012")).to.equal(undefined);
        expect(refusal(domainName, "app.example.com")).to.equal(undefined);
        expect(refusal(arnOf("kms"), "arn:aws:kms:eu-west-1:123456789012:key/1")).to.equal(undefined);
        expect(refusal(logRetentionDays, 30)).to.equal(undefined);
    });

    it("take only the retentions that CloudWatch knows", () => {
        expect(logRetentionDays.safeParse(31).success).to.equal(false);
    });
});

import type { Catalogue } from "../catalogue.ts";
import type { Configuration } from "../configuration.ts";
import { CloudError } from "../protocol.ts";
import type { CloudState } from "../state.ts";
import type { Props } from "../values.ts";

export interface Question {
    readonly token: string;
    readonly args: Props;
    readonly configuration: Configuration;
    readonly cloud: CloudState;
    readonly catalogue: Catalogue;
    readonly now: string;
}

export function invoke(question: Question): Props {
    throw new CloudError(`data source ${question.token} is not rehearsed.`);
}

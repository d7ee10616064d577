/** Daily and weekly windows in UTC, as AWS writes them, and whether two of them share a minute. */

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const minutesPerDay = 24 * 60;
const minutesPerWeek = 7 * minutesPerDay;

interface Span {
    readonly start: number;
    readonly length: number;
}

function clock(text: string): number {
    const [hours = 0, minutes = 0] = text.split(":").map(Number);
    return hours * 60 + minutes;
}

/** The spans of a week that a window covers: seven for `02:00-03:00`, one for `sun:04:00-sun:05:00`. */
function spans(window: string): readonly Span[] {
    const [from = "", to = ""] = window.split("-");
    const weekly = /^[a-z]/.test(window);
    const period = weekly ? minutesPerWeek : minutesPerDay;
    const at = (text: string) => (weekly ? days.indexOf(text.slice(0, 3)) * minutesPerDay + clock(text.slice(4)) : clock(text));
    const length = (at(to) - at(from) + period) % period;
    return weekly ? [{ start: at(from), length }] : days.map((_, day) => ({ start: day * minutesPerDay + at(from), length }));
}

/** Minutes that a window lasts; one that ends where it starts lasts none. */
export function windowMinutes(window: string): number {
    return spans(window)[0]?.length ?? 0;
}

/** Whether two windows share a minute of any day of the week. Windows may run over midnight, and over Sunday's. */
export function windowsOverlap(one: string, other: string): boolean {
    const begins = (inner: Span, outer: Span) => (inner.start - outer.start + minutesPerWeek) % minutesPerWeek < outer.length;
    return spans(one).some((first) => spans(other).some((second) => begins(first, second) || begins(second, first)));
}

/** A step of a scenario: an answer, an error, a fault and a delay (mockserver/SCENARIOS.md). */
export interface Step {
    error?: string;
    fault?: string;
    answer?: string;
    delay?: unknown;
    times?: number;
    headers?: Record<string, string>;
    [field: string]: unknown;
}

/** What a request is asked for: the criteria of a match, and what was answered. */
export interface Criteria {
    api_key?: string;
    service_choice?: number;
    status?: number;
    code?: string;
    scenario?: string;
    [criterion: string]: unknown;
}

/** Options of `ailab-mock --help`, in camel case or with _: {revision: '1.0.0', apiKey: ['a', 'b']}. */
export interface Options {
    /** A free port unless you name one, or `listen`. */
    port?: number;
    scenarios?: string;
    revision?: string;
    strict?: boolean;
    apiKey?: string | string[];
    /** Another program than program(). */
    executable?: string;
    /** Time to become ready; 20,000 unless set. */
    timeoutMs?: number;
    [option: string]: string | number | boolean | (string | number)[] | undefined;
}

/** The mock did not start, or refused what it was asked; the message has its own words. */
export class MockError extends Error {}

/** A mock that runs. It ends with stop(), or with this process, also if that is killed. */
export interface Mock {
    /** Where it answers, such as "http://127.0.0.1:49152". */
    readonly url: string;
    /** The next calls with this key get these steps, one after the other. */
    arm(apiKey: string, ...steps: Step[]): Promise<unknown>;
    /** How many requests match. */
    count(criteria?: Criteria): Promise<number>;
    /** The journal's entries that match. */
    requests(criteria?: Criteria): Promise<Record<string, unknown>[]>;
    /** Forgets what was armed and the journal. */
    reset(): Promise<void>;
    /** Calls the admin API: admin('POST', '/reset'). Null if the answer has no body. */
    admin(method: string, path: string, body?: unknown): Promise<any>;
    /** What the mock has written to standard error so far, at most the last 2^20 characters. */
    log(): string;
    /** Ends the mock; its exit code, or null if a signal ended it. */
    stop(): Promise<number | null>;
}

/** Starts a mock on a free port, and resolves once it answers. Rejects with MockError. */
export function start(options?: Options): Promise<Mock>;

/** The path of the program: the one in this package, otherwise the one on PATH. */
export function program(): string;

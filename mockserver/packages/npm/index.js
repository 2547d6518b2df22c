// Starts ailab-mock for a test, arms it, and asks what it has seen. Linux only, no dependency.
'use strict';

const {spawn} = require('node:child_process');
const {accessSync, constants} = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const READY_LIMIT_MS = 20000;
const STOP_LIMIT_MS = 10000;
const ADMIN_LIMIT_MS = 30000;
const LOG_CHARACTERS_MAX = 1 << 20;

class MockError extends Error {
    name = 'MockError';
}

/** The path of the program: the one in this package, otherwise the one on PATH. */
function program() {
    const own = path.join(__dirname, 'bin', 'ailab-mock');
    for (const folder of [path.dirname(own), ...(process.env.PATH ?? '').split(':')]) {
        const file = path.join(folder, 'ailab-mock');
        try {
            accessSync(file, constants.X_OK);
            return file;
        } catch {
            continue;
        }
    }
    throw new MockError(`there is no ailab-mock: neither ${own} nor one on PATH`);
}

/** {scenarios: 'a.json', strict: true, apiKey: ['a', 'b']}: --scenarios=a.json --strict ... */
function flags(options) {
    const flag = (name) => `--${name.replace(/_/g, '-').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
    return Object.entries(options).flatMap(([name, value]) =>
        [value].flat()
            .filter((each) => each !== undefined && each !== null && each !== false)
            .map((each) => (each === true ? flag(name) : `${flag(name)}=${each}`)));
}

const running = new Set();
process.on('exit', () => running.forEach((mock) => mock.kill('SIGTERM')));

class Mock {
    #process;
    #ended;
    #log = '';
    #token;
    url = '';

    constructor(child, token) {
        this.#process = child;
        this.#token = token;
        running.add(child);
        this.#ended = new Promise((resolve) => {
            child.on('error', (error) => resolve({code: null, why: error.message}));
            child.on('close', (code, signal) => resolve({code, why: signal ?? `exit code ${code}`}));
        }).finally(() => running.delete(child));
        child.stderr?.setEncoding('utf8').on('data', (text) => {
            this.#log = (this.#log + text).slice(-LOG_CHARACTERS_MAX);
        });
    }

    /** What the mock has written to standard error so far, at most the last 2^20 characters. */
    log() {
        return this.#log;
    }

    /** Calls the admin API: admin('POST', '/reset'). Returns the JSON of the answer, or null. */
    admin(method, where, body) {
        const headers = {'Content-Type': 'application/json'};
        if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
        const options = {method, headers, agent: false, timeout: ADMIN_LIMIT_MS};
        return new Promise((resolve, reject) => {
            const request = http.request(`${this.url}/__admin${where}`, options, async (answer) => {
                let text = '';
                try {
                    for await (const piece of answer.setEncoding('utf8')) text += piece;
                    if (answer.statusCode >= 400)
                        throw new MockError(`${method} ${where}: ${answer.statusCode}: ${text}`);
                    resolve(text ? JSON.parse(text) : null);
                } catch (error) {
                    reject(error);
                }
            });
            request.on('timeout', () => request.destroy(new MockError(`${method} ${where}: no answer`)));
            request.on('error', reject);
            request.end(body === undefined ? undefined : JSON.stringify(body));
        });
    }

    /** The next calls with this key get these steps, one after the other (SCENARIOS.md). */
    arm(apiKey, ...steps) {
        return this.admin('POST', '/queue', {api_key: apiKey, steps});
    }

    /** How many requests match: count({api_key: 'my-key', status: 422}). */
    async count(criteria = {}) {
        return (await this.admin('POST', '/requests/count', criteria)).count;
    }

    /** The journal's entries that match, as the admin API shows them. */
    async requests(criteria = {}) {
        return (await this.admin('POST', '/requests/find', criteria)).requests;
    }

    /** Forgets what was armed and the journal. */
    async reset() {
        await this.admin('POST', '/reset');
    }

    /** Ends the mock and resolves with its exit code; more than once is harmless. */
    async stop() {
        this.#process.kill('SIGTERM');
        const late = setTimeout(() => this.#process.kill('SIGKILL'), STOP_LIMIT_MS);
        const {code} = await this.#ended;
        clearTimeout(late);
        return code;
    }

    async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
        await this.stop();
    }

    /** The line "ailab-mock VERSION ready at URL" comes once requests are answered. */
    async untilReady(limitMs) {
        let late;
        const why = await Promise.race([
            this.#readyLine(),
            this.#ended.then((end) => `the mock did not start (${end.why}): ${this.#log.trim()}`),
            new Promise((resolve) => {
                late = setTimeout(() => resolve(`the mock was not ready within ${limitMs} ms`), limitMs);
            }),
        ]);
        clearTimeout(late);
        if (why) throw new MockError(why);
    }

    #readyLine() {
        let line = '';
        return new Promise((resolve) => {
            this.#process.stdout?.setEncoding('utf8').on('data', (text) => {
                line += text;
                if (!line.endsWith('\n') || this.url) return;
                this.url = line.trim().split(' ').pop();
                resolve('');
            });
        });
    }
}

/** Starts a mock on a free port; index.d.ts describes the options. */
async function start({executable, timeoutMs = READY_LIMIT_MS, ...options} = {}) {
    if (options.port === undefined && options.listen === undefined) options.port = 0;
    // Its standard input ends with this process, also if that is killed, and then the mock ends.
    const child = spawn(executable ?? program(), ['--exit-with-stdin', ...flags(options)], {stdio: 'pipe'});
    const mock = new Mock(child, options.adminToken ?? options.admin_token);
    try {
        await mock.untilReady(timeoutMs);
    } catch (error) {
        await mock.stop();
        throw error;
    }
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref(); // a test may just end
    return mock;
}

module.exports = {MockError, program, start};

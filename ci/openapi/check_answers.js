// node check_answers.js DOCUMENT PROGRAM: what the program answers is valid under the document, in
// each revision. Exit code: 0 all valid, 1 one is not, 3 the program does not start.
'use strict';

const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { loadDocument, schemaAt, step } = require('./validator');

const [documentPath, program] = process.argv.slice(2);
const loaded = loadDocument(documentPath);
const { paths, components } = loaded.document;
const contract = JSON.parse(readFileSync(join(documentPath, '..', 'contract.json'), 'utf8'));
const EDIT = '/api/portrait/effects/emotion-editor';
const CREDITS = '/api/common/query-credits';
const key = { 'ailabapi-api-key': 'any-key' };
const png = Buffer.from(components.responses.EditedImage.content['application/json']
    .examples.success.value.data.image, 'base64');
const tall = Buffer.from(png);
tall.writeUInt32BE(5000, 20); // the height; then the checksum is wrong as well

function form(choice, image) {
    const body = new FormData();
    if (choice !== undefined)
        body.append('service_choice', choice);
    if (image !== undefined)
        body.append('image_target', new Blob([image]), 'file');
    return body;
}

const post = (body, headers = key) => ({ method: 'POST', headers, body });
const calls = [
    ['a good call', EDIT, post(form('100', png)), 200],
    ['no key', EDIT, post(form('100', png), {}), 401],
    ['no parts', EDIT, post(form('100', undefined)), 400],
    ['an empty image', EDIT, post(form('100', Buffer.alloc(0))), 400],
    ['a choice out of scope', EDIT, post(form('99', png)), 400],
    ['no multipart', EDIT, post('text'), 400],
    ['a text as image', EDIT, post(form('100', Buffer.from('text'))), 415],
    ['a damaged image', EDIT, post(form('100', tall)), undefined],
    ['a large image', EDIT, post(form('100', Buffer.alloc(5 * 1024 * 1024 + 1))), 413],
    ['another method', EDIT, { method: 'PUT', headers: key, body: 'x' }, 405],
    ['a preflight', EDIT, { method: 'OPTIONS' }, 204],
    ['the credits', CREDITS, { headers: key }, 200],
    ['the credits without a key', CREDITS, {}, 401],
    ['the credits by another method', CREDITS, { method: 'DELETE', headers: key }, 405],
];

// The response that the document names for the answer, as [name, response].
function documented(path, method, status) {
    const item = paths[path];
    const operation = item[method.toLowerCase()] ?? item.post ?? item.get;
    const found = operation.responses[status] ?? operation.responses['4XX']
        ?? operation.responses.default;
    const name = found?.$ref?.split('/').pop();
    return name ? [name, components.responses[name]] : [undefined, found];
}

// The document knows the statuses of its own date; of older answers only the shape is checked.
function schemaFor(name, status, current) {
    if (!current && status >= 400)
        return schemaAt(loaded, '/components/schemas/Error');
    return schemaAt(loaded,
        `/components/responses${step(name)}/content${step('application/json')}/schema`);
}

async function check([what, path, options, expected], base, current) {
    const answer = await fetch(base + path, { ...options, signal: AbortSignal.timeout(20000) });
    const text = await answer.text();
    const faults = [];
    const [name, response] = documented(path, options.method ?? 'GET', answer.status);
    if (expected !== undefined && answer.status !== expected)
        faults.push(`status ${answer.status}, not ${expected}`);
    if (!response)
        return [...faults, `the document has no response ${answer.status}`];
    for (const header of Object.keys(response.headers ?? {}))
        if (header !== 'Retry-After' && !answer.headers.has(header))
            faults.push(`the header ${header} is missing`);
    if (response.content)
        faults.push(...schemaFor(name, answer.status, current)(JSON.parse(text)));
    else if (text !== '')
        faults.push('a body, where the document has none');
    return faults.map((fault) => `${what}: ${fault}`);
}

// Resolves to the process and its URL once it says that it is ready.
function start(revision) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, ['--port', '0', '--revision', revision, '--log', 'off'],
            { stdio: ['ignore', 'pipe', 'inherit'] });
        let said = '';
        const timer = setTimeout(() => child.kill('SIGKILL'), 20000);
        child.on('error', reject);
        child.on('exit', () => reject(new Error(`it ended, having said: '${said}'`)));
        child.stdout.on('data', (bytes) => {
            said += bytes;
            const url = /ready at (http:\S+)\n/.exec(said)?.[1];
            if (url)
                resolve({ child, url, timer });
        });
    });
}

async function checkRevision({ name, statuses }) {
    const { child, url, timer } = await start(name);
    const faults = [];
    clearTimeout(timer);
    try {
        for (const call of calls)
            faults.push(...await check(call, url, statuses === 'status_2026_01'));
    } catch (error) {
        faults.push(`a call failed: ${error.cause ?? error}`);
    }
    child.kill('SIGTERM');
    return faults.map((fault) => `revision ${name}, ${fault}`);
}

async function main() {
    const faults = [];
    for (const revision of contract.revisions)
        faults.push(...await checkRevision(revision));
    for (const fault of faults)
        console.error(fault);
    const count = calls.length * contract.revisions.length;
    const revisions = contract.revisions.length;
    console.error(`   ${count} answers of ${revisions} revisions, ${faults.length} faults`);
    return faults.length === 0 ? 0 : 1;
}

main().then((code) => { process.exitCode = code; }, (error) => {
    console.error(`${program}: ${error.message}`);
    process.exitCode = 3;
});

// Forms as undici reads them, by which Node fetches: the package where there is one, else that inside Node.
// Before version 6 it read them by busboy, which is a peer itself.
'use strict';
const { answerAll, formOf } = require('./records.js');

const OLDEST = 6;

function find() {
    const major = (version) => parseInt(version, 10) || 0;
    try {
        if (major(require('undici/package.json').version) >= OLDEST)
            return require('undici').Response;
    } catch (missing) {
        // the one inside Node, then
    }
    if (major(process.versions.undici) >= OLDEST)
        return Response;
    console.error(`undici ${OLDEST} or newer is not here`);
    return process.exit(1);
}

const Reader = find();

const hex = (text) => Buffer.from(text, 'utf8').toString('hex');

answerAll(async (record) => {
    const [type, body] = formOf(record);
    const form = await new Reader(body, { headers: { 'content-type': type } }).formData();
    const fields = [];
    for (const [name, value] of form)
        fields.push([hex(name), typeof value === 'string'
            ? hex(value) : Buffer.from(await value.arrayBuffer()).toString('hex')]);
    return { fields };
});

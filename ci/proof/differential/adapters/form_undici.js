// Forms as Node's own fetch reads them (undici, inside Node).
'use strict';
const { answerAll, formOf } = require('./records.js');

const hex = (text) => Buffer.from(text, 'utf8').toString('hex');

answerAll(async (record) => {
    const [type, body] = formOf(record);
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const fields = [];
    for (const [name, value] of form)
        fields.push([hex(name), typeof value === 'string'
            ? hex(value) : Buffer.from(await value.arrayBuffer()).toString('hex')]);
    return { fields };
});

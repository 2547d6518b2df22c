// Answers as JSON.parse of Node reads them. Its Base64 skips whatever it does not know, so the picture
// is what atob() says, which browsers have, too.
'use strict';
const { answerAll } = require('./records.js');

const FIELDS = ['request_id', 'log_id', 'error_code', 'error_code_str', 'error_msg', 'error_detail',
    'error_detail.status_code', 'error_detail.code', 'error_detail.code_message', 'error_detail.message',
    'data', 'data.image'];
// UTF-8; half a surrogate pair becomes U+FFFD.
const hex = (text) => Buffer.from(text, 'utf8').toString('hex');
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function field(value) {
    if (value === null)
        return ['null', null];
    if (Array.isArray(value))
        return ['array', null];
    if (typeof value === 'number') // JavaScript has one kind of number; a whole one is told as such
        return Number.isInteger(value) ? ['integer', value] : ['number', null];
    return [typeof value, typeof value === 'string' ? hex(value) : null];
}

function pick(root, path) {
    for (const key of path.split('.')) {
        if (!isObject(root) || !Object.prototype.hasOwnProperty.call(root, key))
            return ['absent', null];
        root = root[key];
    }
    return field(root);
}

answerAll((record) => {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(record.subarray(1));
    const root = JSON.parse(text);
    if (!isObject(root))
        throw new Error('no object');
    const fields = {}, answer = { fields, picture: null };
    for (const path of FIELDS)
        fields[path] = pick(root, path);
    if (fields['data.image'][0] === 'string')
        try {
            answer.picture = Buffer.from(atob(root.data.image), 'latin1').toString('hex');
        } catch (wrong) {
            answer.no_picture = wrong.message;
        }
    return answer;
});

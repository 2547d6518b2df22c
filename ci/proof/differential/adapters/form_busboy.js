// Forms as busboy reads them, and with it multer, and many servers in Node.
'use strict';
const busboy = require('busboy');
const { answerAll, formOf } = require('./records.js');

answerAll((record) => new Promise((resolve, reject) => {
    const [type, body] = formOf(record);
    const limits = { fieldNameSize: 1 << 20, fieldSize: 1 << 24, headerPairs: 20000 };
    const reader = busboy({ headers: { 'content-type': type }, limits, defCharset: 'latin1',
        defParamCharset: 'latin1' });
    const hex = (text) => Buffer.from(text, 'latin1').toString('hex');
    const fields = [];
    reader.on('field', (name, value, info) => {
        fields.push([hex(name || ''), Buffer.from(value, 'latin1').toString('hex')]);
        if (info.nameTruncated || info.valueTruncated)
            reject(new Error('truncated'));
    });
    reader.on('file', (name, stream) => {
        const field = [hex(name || ''), ''], chunks = [];
        fields.push(field);
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('end', () => { field[1] = Buffer.concat(chunks).toString('hex'); });
        stream.on('error', reject);
    });
    reader.on('error', reject);
    reader.on('close', () => resolve({ fields }));
    reader.end(body);
}));

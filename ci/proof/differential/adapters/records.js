// What every adapter in JavaScript shares: records in, lines of JSON out (see ../peers.py).
'use strict';
const fs = require('fs');

// read() makes an answer of each record, or a promise of one. What it throws is a refusal.
async function answerAll(read) {
    const given = fs.readFileSync(0);
    for (let at = 0; at < given.length;) {
        const size = given.readUInt32BE(at);
        const record = given.subarray(at + 4, at + 4 + size);
        let answer;
        at += 4 + size;
        try {
            answer = await read(record);
        } catch (wrong) {
            const cause = wrong && wrong.cause ? ': ' + wrong.cause.message : '';
            answer = { refused: `${wrong && wrong.name}: ${wrong && wrong.message}${cause}` };
        }
        fs.writeSync(1, JSON.stringify(answer) + '\n');
    }
}

// Content-Type and body: the first line, and the rest.
function formOf(record) {
    const end = record.indexOf(10);
    if (end < 0)
        return [record.toString('latin1'), Buffer.alloc(0)];
    return [record.subarray(0, end).toString('latin1'), record.subarray(end + 1)];
}

module.exports = { answerAll, formOf };

// A test of your program with node:test: a success, an error, a fault, and what arrived.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {after, before, beforeEach, test} from 'node:test';
import {start} from 'ailab-mock';
import {edit, Refused} from './portrait.mjs';

const PICTURE = process.env.PICTURE ?? 'portrait.jpg';
let mock, key;

before(async () => { mock = await start(); });
after(() => mock.stop());
beforeEach(() => { key = randomUUID(); }); // no other test sees what is armed for it

test('returns the picture', async () => {
    const image = Buffer.from(await edit(mock.url, key, 12, PICTURE), 'base64');
    assert.equal(image.readUInt16BE(0), 0xffd8);
    assert.equal(await mock.count({api_key: key, service_choice: 12, status: 200}), 1);
});

test('tells why it was refused', async () => {
    await mock.arm(key, {error: 'ERROR_BLURRY_FACE'});
    await assert.rejects(edit(mock.url, key, 12, PICTURE), new Refused('ERROR_BLURRY_FACE'));
    assert.equal(await mock.count({api_key: key, code: 'ERROR_BLURRY_FACE'}), 1);
});

test('survives a lost connection', async () => {
    await mock.arm(key, {fault: 'reset-before-answer'});
    await assert.rejects(edit(mock.url, key, 12, PICTURE), TypeError);
    await edit(mock.url, key, 12, PICTURE); // and the next call works again
    assert.equal(await mock.count({api_key: key}), 2);
});

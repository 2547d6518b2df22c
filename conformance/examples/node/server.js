#!/usr/bin/env node
// A minimal stand-in for the endpoint "Change facial expressions", revision 2026-01, in plain Node.
//
// It shows that ailab-conformance judges servers in any language, and what little is needed to
// pass: everything that follows from the bytes of a request. It answers a success with the picture
// it was given, detects no faces, and is no substitute for ailab-mock.
//
//     AILAB_API_KEY=some-key node server.js --port 0
//     AILAB_API_KEY=some-key ailab-conformance --target http://127.0.0.1:PORT
//
// With AILAB_API_KEY only that key is known; without it any key is.
'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const zlib = require('node:zlib');

// What `ailab-mock contract` prints.
const contract = require('../../../fixtures/contract.json');

const EDITOR = '/api/portrait/effects/emotion-editor';
const CREDITS = '/api/common/query-credits';
const REVISION = contract.revisions.find(row => row.name === '2026-01');
const CHOICES = new Set(REVISION.service_choice.map(String));
const IMAGE_BYTES_MAX = 5 * 1024 * 1024;
const BODY_BYTES_MAX = 6 * 1024 * 1024;
const SIDE_MAX = 4095;
const CREDITS_PER_CALL = 12;

const ERRORS = {
    ERROR_USER_NOT_EXISTS: [401, 'The user does not exist.'],
    ERROR_AI_NOT_EXISTS:
        [404, 'AI does not exist or has been deactivated, please contact the platform.'],
    ERROR_ILLEGAL_OPERATION: [405, 'Illegal operation.'],
    ERROR_PARAMETERS: [400, 'Invalid parameters.'],
    MISSING_PARAMETERS: [400, 'Missing parameters.'],
    PARAMETERS_CANNOT_EMPTY: [400, 'Parameters cannot be empty.'],
    ERROR_INVALID_PARAMETER: [400, 'Invalid parameter.'],
    FILE_SIZE_EXCEEDS_LIMIT: [413, 'File size exceeds limit.'],
    UNSUPPORTED_FILE_TYPES: [415, 'Unsupported file types.'],
    FILE_DECODING_FAILURE: [422, 'File decoding failed.'],
    FILE_RESOLUTION_EXCEEDS_LIMITS: [413, 'File resolution exceeds limits.'],
};

class Refusal extends Error {
    constructor(code, detail) {
        super(detail);
        this.code = code;
    }
}

// ---- pictures ------------------------------------------------------------------------------

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const CRC_TABLE = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
});

function crc32(bytes) {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
}

// Bytes that the filtered rows of a PNG must inflate to.
function pngRawSize(width, height, bitsPerPixel, interlaced) {
    const rows = (w, h) => (w && h ? h * (1 + Math.ceil((w * bitsPerPixel) / 8)) : 0);
    if (!interlaced) return rows(width, height);
    const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4],
        [1, 0, 2, 2], [0, 1, 1, 2]];
    const along = (size, from, step) => Math.max(0, Math.ceil((size - from) / step));
    return passes.reduce((sum, [x, y, dx, dy]) =>
        sum + rows(along(width, x, dx), along(height, y, dy)), 0);
}

function inspectPng(bytes) {
    const damaged = (why) => new Refusal('FILE_DECODING_FAILURE', `PNG: ${why}`);
    const data = [];
    let header = null;
    for (let at = 8; ;) {
        if (at + 12 > bytes.length) throw damaged('ends before IEND');
        const size = bytes.readUInt32BE(at);
        const type = bytes.toString('latin1', at + 4, at + 8);
        if (at + 12 + size > bytes.length) throw damaged(`chunk ${type} is cut off`);
        if (crc32(bytes.subarray(at + 4, at + 8 + size)) !== bytes.readUInt32BE(at + 8 + size))
            throw damaged(`chunk ${type} has a wrong checksum`);
        const body = bytes.subarray(at + 8, at + 8 + size);
        if (!header && type !== 'IHDR') throw damaged('does not begin with IHDR');
        if (type === 'IHDR') header = body;
        else if (type === 'IDAT') data.push(body);
        else if (type === 'IEND') break;
        at += 12 + size;
    }
    if (header.length !== 13) throw damaged('IHDR has a wrong length');
    const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
    const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[header[9]];
    if (!width || !height || !channels || header[12] > 1) throw damaged('IHDR makes no sense');
    const size = pngRawSize(width, height, header[8] * channels, header[12] === 1);
    if (size <= 256 * 1024 * 1024) {
        let raw;
        try {
            raw = zlib.inflateSync(Buffer.concat(data), { maxOutputLength: size + 65536 });
        } catch (error) {
            throw damaged(error.message);
        }
        if (raw.length < size) throw damaged('the image data ends early');
    }
    return { width, height };
}

// Huffman tables of one DHT segment: the counts must fit the segment.
function huffmanFits(segment) {
    let at = 0;
    while (at < segment.length) {
        if (at + 17 > segment.length || segment[at] >> 4 > 1 || (segment[at] & 15) > 3) return false;
        let symbols = 0;
        for (let i = 1; i <= 16; i++) symbols += segment[at + i];
        if (symbols > 256) return false;
        at += 17 + symbols;
    }
    return at === segment.length;
}

function inspectJpeg(bytes) {
    const damaged = (why) => new Refusal('FILE_DECODING_FAILURE', `JPEG: ${why}`);
    let frame = null;
    let scans = 0;
    for (let at = 2; ;) {
        if (at + 2 > bytes.length) throw damaged('ends before the end marker');
        if (bytes[at] !== 0xff) throw damaged(`no marker at byte ${at}`);
        const marker = bytes[at + 1];
        if (marker === 0xff) { at += 1; continue; }
        if (marker === 0xd9) break;
        if (at + 4 > bytes.length) throw damaged('ends within a segment');
        const size = bytes.readUInt16BE(at + 2);
        if (size < 2 || at + 2 + size > bytes.length) throw damaged('a segment is cut off');
        const segment = bytes.subarray(at + 4, at + 2 + size);
        at += 2 + size;
        if (marker === 0xc4 && !huffmanFits(segment)) throw damaged('a Huffman table is broken');
        if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
            if (segment.length < 6) throw damaged('the frame header is cut off');
            frame = { height: segment.readUInt16BE(1), width: segment.readUInt16BE(3) };
        }
        if (marker === 0xda) {
            scans += 1;
            while (at + 1 < bytes.length &&
                   !(bytes[at] === 0xff && bytes[at + 1] !== 0 && bytes[at + 1] !== 0xff &&
                     (bytes[at + 1] < 0xd0 || bytes[at + 1] > 0xd7)))
                at += 1;
        }
    }
    if (!frame || !frame.width || !frame.height) throw damaged('no sane frame header');
    if (!scans) throw damaged('no scan');
    return frame;
}

function inspectImage(bytes) {
    if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return inspectPng(bytes);
    if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff)
        return inspectJpeg(bytes);
    throw new Refusal('UNSUPPORTED_FILE_TYPES', 'image_target is neither JPEG nor PNG');
}

// ---- multipart/form-data -------------------------------------------------------------------

const CRLF = Buffer.from('\r\n');
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const PARAMETER = /([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\\r\n]|\\[^\r\n])*)"|([^\s;"]*))\s*(?=;|$)/y;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):([^]*)$/;
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;

function malformed(why) {
    return new Refusal('ERROR_PARAMETERS', why);
}

// The value of one parameter of "type; name=value; …". What readers understand differently is
// refused: else one of them sees another field than the next.
function parameter(header, wanted) {
    const list = header.includes(';') ? header.slice(header.indexOf(';')) : '';
    const found = new Map();
    for (let at = 0; ;) {
        while (/[\s;]/.test(list[at] ?? '')) at += 1;
        if (at === list.length) break;
        PARAMETER.lastIndex = at;
        const match = PARAMETER.exec(list);
        if (!match) throw malformed('a parameter that is not name=value');
        const name = match[1].toLowerCase();
        if (found.has(name)) throw malformed(`${name} is given twice`);
        found.set(name, match[2] ?? match[3]);
        at = PARAMETER.lastIndex;
    }
    if (found.has(wanted) && [...found.keys()].some((name) => name.startsWith(`${wanted}*`)))
        throw malformed(`${wanted} is given in two ways`);
    return found.get(wanted);
}

// Where the next delimiter line begins and ends, and whether it is the closing one.
function nextDelimiter(body, delimiter, from) {
    for (let at = from; ; at += delimiter.length) {
        at = body.indexOf(delimiter, at);
        if (at < 0) throw malformed('a boundary is missing');
        let end = at + delimiter.length;
        if (body.toString('latin1', end, end + 2) === '--') return { at, end, closes: true };
        while (body[end] === 0x20 || body[end] === 0x09) end += 1;
        if (body[end] === 0x0a) throw malformed('a boundary line ends in a bare LF');
        if (body.toString('latin1', end, end + 2) === '\r\n') return { at, end, closes: false };
    }
}

function partName(head) {
    if (/\r(?!\n)|(?<!\r)\n|\0/.test(head)) throw malformed('a bare CR, a bare LF or a NUL');
    const dispositions = new Set();
    for (const line of head.split(/\r\n(?![ \t])/)) {
        const [, name, value] = HEADER.exec(line) ?? [];
        if (!name) throw malformed('a part header that is not "Name: value"');
        if (!/^content-(disposition|type)$/i.test(name)) continue;
        if (CONTROL.test(value)) throw malformed('a control character');
        if (/^content-disposition$/i.test(name)) dispositions.add(value);
    }
    const [disposition] = dispositions;
    if (dispositions.size !== 1 || !/^\s*form-data\s*(;|$)/i.test(disposition))
        throw malformed('a part without one Content-Disposition: form-data');
    const name = parameter(disposition, 'name');
    if (name === undefined) throw malformed('a part without a name');
    return name;
}

function parseMultipart({ 'content-type': type = '', 'content-encoding': coding }, bytes) {
    if (coding) throw malformed('a Content-Encoding');
    if (!/^multipart\/form-data\s*(;|$)/i.test(type))
        throw malformed('Content-Type is not multipart/form-data');
    const boundary = parameter(type, 'boundary');
    if (!BOUNDARY.test(boundary ?? '')) throw malformed('no usable boundary');
    const body = Buffer.concat([CRLF, bytes]); // the first boundary is on a line of its own, too
    const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    const parts = [];
    for (let line = nextDelimiter(body, delimiter, 0); !line.closes;) {
        const next = nextDelimiter(body, delimiter, line.end);
        const headEnd = body.indexOf('\r\n\r\n', line.end);
        if (headEnd < 0 || headEnd + 4 > next.at) throw malformed('a part without an empty line');
        const head = body.toString('latin1', line.end + 2, Math.max(headEnd, line.end + 2));
        parts.push({ name: partName(head), body: body.subarray(headEnd + 4, next.at) });
        line = next;
    }
    return parts;
}

// ---- the endpoint --------------------------------------------------------------------------

// What was sent, fit for a log; never the key.
function shown(bytes, key) {
    const text = bytes.toString('latin1');
    return text === key ? '***' : text.replace(/[^\x20-\x7e]/g, '?');
}

function judge(parts, key) {
    const fields = {};
    for (const part of parts) {
        if (part.name !== 'image_target' && part.name !== 'service_choice') continue;
        if (fields[part.name]) throw new Refusal('ERROR_PARAMETERS', `${part.name} is given twice`);
        fields[part.name] = part;
    }
    for (const name of ['image_target', 'service_choice'])
        if (!fields[name]) throw new Refusal('MISSING_PARAMETERS', `${name} is missing`);
    for (const name of ['image_target', 'service_choice'])
        if (!fields[name].body.length)
            throw new Refusal('PARAMETERS_CANNOT_EMPTY', `${name} is empty`);
    if (!CHOICES.has(fields.service_choice.body.toString('latin1')))
        throw new Refusal('ERROR_INVALID_PARAMETER',
            `service_choice: ${shown(fields.service_choice.body, key)}, not one of ` +
            [...CHOICES].join(', '));
    const image = fields.image_target.body;
    if (image.length > IMAGE_BYTES_MAX)
        throw new Refusal('FILE_SIZE_EXCEEDS_LIMIT', 'image_target is larger than 5 MB');
    const { width, height } = inspectImage(image);
    if (width > SIDE_MAX || height > SIDE_MAX)
        throw new Refusal('FILE_RESOLUTION_EXCEEDS_LIMITS', `${width}x${height} px`);
    return image;
}

const accounts = new Map();

function account(key) {
    if (!key || (process.env.AILAB_API_KEY && key !== process.env.AILAB_API_KEY))
        throw new Refusal('ERROR_USER_NOT_EXISTS', 'the key is missing or unknown');
    if (!accounts.has(key)) accounts.set(key, { balance: 1000000 });
    return accounts.get(key);
}

function pools({ balance }) {
    const pool = (sign, name, credits) => ({
        unique_sign: sign, name, balance: credits, total: credits, last_recharge_balance: 0,
        balance_warning: 0, first_buy_time: 1767830400, last_update_time: 1767830400,
    });
    return [pool('common', 'Universal', 0),
        pool('portrait_expression_editing', 'Change facial expressions', balance)];
}

function envelope(status, code, codeMessage, message, data) {
    return {
        request_id: crypto.randomUUID().toUpperCase(),
        log_id: String(crypto.randomInt(10000000, 100000000)),
        error_code: status === 200 ? 0 : status,
        error_code_str: code,
        error_msg: message,
        error_detail: { status_code: status, code, code_message: codeMessage, message },
        ...(data === undefined ? {} : { data }),
    };
}

function send(response, status, document, headers = {}) {
    const body = Buffer.from(JSON.stringify(document));
    response.writeHead(status, {
        'Content-Type': 'application/json', 'Content-Length': body.length,
        'Access-Control-Allow-Origin': '*', ...headers,
    });
    response.end(body);
}

function refuse(response, { code, message }, headers) {
    const [status, description] = ERRORS[code];
    send(response, status, envelope(status, code, description, message), headers);
}

function readBody(request) {
    return new Promise((resolve, reject) => {
        const chunks = [];
        let size = 0;
        request.on('data', (chunk) => {
            size += chunk.length;
            if (size > BODY_BYTES_MAX)
                reject(new Refusal('FILE_SIZE_EXCEEDS_LIMIT', 'the body is larger than 6 MiB'));
            else chunks.push(chunk);
        });
        request.on('end', () => resolve(Buffer.concat(chunks)));
        request.on('error', reject);
    });
}

// What Node's own parser lets pass.
function doubtOf({ httpVersion, headers, rawHeaders }) {
    const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && /^host$/i.test(name)).length;
    const coding = headers['transfer-encoding'];
    if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return `${hosts} Host headers`;
    if (coding && (httpVersion !== '1.1' || coding.toLowerCase() !== 'chunked'))
        return 'another Transfer-Encoding than chunked of HTTP/1.1';
    return null;
}

async function answer(request, response) {
    const [, host, target] = /^(?:https?:\/\/([^/?]*))?([^]*)$/i.exec(request.url);
    const path = target.split('?')[0];
    if (host && host !== `127.0.0.1:${server.address().port}`)
        throw new Refusal('ERROR_AI_NOT_EXISTS', 'another host');
    const doubt = doubtOf(request);
    if (doubt)
        throw Object.assign(new Refusal('ERROR_PARAMETERS', doubt),
            { headers: { Connection: 'close' } });
    if (path !== EDITOR && path !== CREDITS)
        throw new Refusal('ERROR_AI_NOT_EXISTS', 'no such path');
    const method = path === EDITOR ? 'POST' : 'GET';
    if (request.method === 'OPTIONS' && request.headers.origin) {
        response.writeHead(204, {
            'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': method,
            'Access-Control-Allow-Headers': 'ailabapi-api-key, content-type',
            'Access-Control-Max-Age': '600',
        }).end();
        return;
    }
    if (request.method !== method && !(method === 'GET' && request.method === 'HEAD'))
        throw Object.assign(new Refusal('ERROR_ILLEGAL_OPERATION', `only ${method} is answered`),
            { headers: { Allow: `${method}, OPTIONS` } });
    const user = account(request.headers['ailabapi-api-key']);
    if (path === CREDITS) {
        send(response, 200, envelope(200, '', '', '', pools(user)));
        return;
    }
    const body = await readBody(request);
    const image = judge(parseMultipart(request.headers, body),
        request.headers['ailabapi-api-key']);
    user.balance -= CREDITS_PER_CALL;
    send(response, 200, envelope(200, '', '', '', { image: image.toString('base64') }));
}

const server = http.createServer({ requireHostHeader: false }, (request, response) => {
    answer(request, response).catch((error) => {
        if (!(error instanceof Refusal)) {
            response.destroy();
            return;
        }
        const early = !request.complete ? { Connection: 'close' } : {};
        refuse(response, error, { ...early, ...error.headers });
        request.resume();
    });
});
server.keepAliveTimeout = 15000;
server.on('clientError', (error, socket) => {
    if (!socket.writable) return;
    const [status, description] = ERRORS.ERROR_PARAMETERS;
    const body = JSON.stringify(envelope(status, 'ERROR_PARAMETERS', description,
        'the HTTP framing is broken'));
    socket.end(`HTTP/1.1 ${status} Bad Request\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
});

const flag = process.argv.indexOf('--port');
server.listen(flag > 0 ? Number(process.argv[flag + 1]) : 8080, '127.0.0.1', () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));

#!/usr/bin/env node
// Change a facial expression: a caller that passes every situation of `ailab-conformance caller`.
//
//     AILAB_API_KEY=your-key right.mjs PICTURE CHOICE OUTPUT
//
// Node 18 or newer, built-ins only. The address is AILAB_BASE_URL, or the vendor's.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const ENDPOINT = '/api/portrait/effects/emotion-editor';
const TIMEOUT_MS = 6000; // for one attempt, to its last byte. The real service takes longer: take 60000
const ATTEMPTS = 4;
const LONGEST_WAIT_S = 10;

/** The call has failed for good. */
class Failure extends Error {}

/** The call has failed, nothing was charged, and another attempt may succeed. */
class Passing extends Error {
  constructor(words, retryAfter) {
    super(words);
    this.retryAfter = retryAfter;
  }
}

/** Status, headers and text of one request. No redirect is followed, and no call is repeated whose
 * answer was lost: it may have been charged. */
async function exchange(base, key, picture, choice) {
  const form = new FormData();
  form.set('service_choice', choice);
  form.set('image_target', new Blob([picture]), 'picture');
  try {
    const response = await fetch(base.replace(/\/+$/, '') + ENDPOINT, {
      method: 'POST',
      headers: { 'ailabapi-api-key': key },
      body: form,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    const words = error.cause?.code ?? error.cause?.message ?? error.message;
    if (error.cause?.code === 'ECONNREFUSED') throw new Passing(`no connection: ${words}`);
    throw new Failure(`no whole answer: ${words}`);
  }
}

/** The envelope; an empty one where the text is none. */
function documentOf(text) {
  try {
    const document = JSON.parse(text);
    return document !== null && typeof document === 'object' ? document : {};
  } catch {
    return {};
  }
}

function seconds(text) {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function refuse({ status, headers }, document) {
  const { code, message } = document.error_detail ?? {};
  const words = `${status} ${code ?? ''} ${message ?? ''}`.trim();
  if (code === 'EXCEEDING_LIMITS' || [500, 502, 503, 504].includes(status)) {
    throw new Passing(words, seconds(headers.get('retry-after')));
  }
  throw new Failure(words);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of data.image. error_code is looked at where it is there; since 2026-05 it is not. */
function pictureOf(document) {
  if ((document.error_code ?? 0) !== 0) {
    throw new Failure(`an error inside 200: ${document.error_detail?.code}`);
  }
  const text = document.data?.image;
  if (typeof text !== 'string') throw new Failure('200 without data.image');
  if (!BASE64.test(text)) throw new Failure('data.image is no Base64');
  const picture = Buffer.from(text, 'base64');
  const isJpeg = picture.subarray(0, 2).equals(Buffer.from([0xff, 0xd8])) &&
    picture.subarray(-2).equals(Buffer.from([0xff, 0xd9]));
  const isPng = picture.subarray(1, 4).toString('latin1') === 'PNG' &&
    picture.subarray(-16).includes('IEND');
  if (!isJpeg && !isPng) throw new Failure('data.image is no whole picture');
  return picture;
}

/** The picture of an answer. The status comes first: only a 200 has one. */
function judge(answer) {
  const document = documentOf(answer.text);
  return answer.status === 200 ? pictureOf(document) : refuse(answer, document);
}

async function edit(base, key, picture, choice) {
  for (let number = 1; ; number++) {
    try {
      return judge(await exchange(base, key, picture, choice));
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      const wait = Math.max(2 ** (number - 1), error.retryAfter ?? 0);
      if (number === ATTEMPTS || wait > LONGEST_WAIT_S) throw new Failure(error.message);
      await sleep(wait * 1000);
    }
  }
}

/** Whole or not at all. */
async function write(path, picture) {
  await writeFile(`${path}.part`, picture);
  await rename(`${path}.part`, path);
}

const [path, choice, output] = process.argv.slice(2);
try {
  const base = process.env.AILAB_BASE_URL || 'https://www.ailabapi.com';
  const picture = await edit(base, process.env.AILAB_API_KEY, await readFile(path), choice);
  await write(output, picture);
  process.exitCode = 0;
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`right.mjs: ${error.message}`);
  process.exitCode = 1;
}

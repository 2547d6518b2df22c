// The program under test: one call of the API. Yours takes its place.
import {readFile} from 'node:fs/promises';

const PATH = '/api/portrait/effects/emotion-editor';

export class Refused extends Error {
    constructor(code) {
        super(code);
        this.code = code;
    }
}

/** Returns the result in Base64. Throws Refused, or another error if no answer came. */
export async function edit(baseUrl, key, choice, picture) {
    const form = new FormData();
    form.append('service_choice', String(choice));
    form.append('image_target', new Blob([await readFile(picture)]), 'portrait.jpg');
    const answer = await fetch(baseUrl + PATH, {
        method: 'POST',
        headers: {'ailabapi-api-key': key},
        body: form,
        signal: AbortSignal.timeout(30000),
    });
    const {data, error_detail: error} = await answer.json();
    if (!answer.ok) throw new Refused(error.code);
    return data.image;
}

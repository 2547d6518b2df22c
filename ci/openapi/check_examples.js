// node check_examples.js DOCUMENT: every example of the document is valid under its own schema, and
// the schemas notice what breaks the contract. Exit code: 0 both hold, 1 one does not.
'use strict';

const { loadDocument, schemaAt, step } = require('./validator');

const loaded = loadDocument(process.argv[2]);
const { responses } = loaded.document.components;
const jsonSchema = (name) => schemaAt(loaded,
    `/components/responses${step(name)}/content${step('application/json')}/schema`);

let examples = 0;
let damaged = 0;
const faults = [];

// Each breaks one clause of the contract in envelope B; all must be refused.
const damages = {
    'request_id is gone': (body) => { delete body.request_id; },
    'log_id is a number': (body) => { body.log_id = 12345678; },
    'error_code is text': (body) => { body.error_code = String(body.error_code); },
    'error_code is not the status': (body) => { body.error_code += 1; },
    'error_detail is gone': (body) => { delete body.error_detail; },
    'status_code is not the status': (body) => { body.error_detail.status_code += 1; },
    'the code is not in the table': (body) => { body.error_detail.code = 'NO_SUCH_CODE'; },
    'code_message is null': (body) => { body.error_detail.code_message = null; },
};
const errorDamages = {
    ...damages,
    'the code is empty': (body) => { body.error_detail.code = ''; },
    'the message is empty': (body) => { body.error_detail.message = ''; },
    'an error has data': (body) => { body.data = { image: 'AAAA' }; },
};
const successDamages = {
    ...damages,
    'data is gone': (body) => { delete body.data; },
};
const imageDamages = {
    ...successDamages,
    'data is text': (body) => { body.data = 'AAAA'; },
    'the image has a data: prefix': (body) => { body.data.image = 'data:image/png;base64,AAAA'; },
    'the image has line breaks': (body) => { body.data.image = 'AAAA\nAAAA'; },
    'the image is empty': (body) => { body.data.image = ''; },
};
const damagesOf = { EditedImage: imageDamages, Credits: successDamages };

for (const [name, response] of Object.entries(responses)) {
    const media = response.content['application/json'];
    const complain = jsonSchema(name);
    for (const [title, example] of Object.entries(media.examples ?? {})) {
        examples += 1;
        for (const complaint of complain(example.value))
            faults.push(`${name}, example ${title}: ${complaint}`);
        if (title.includes('envelope'))
            continue;
        for (const [what, damage] of Object.entries(damagesOf[name] ?? errorDamages)) {
            const body = structuredClone(example.value);
            damage(body);
            damaged += 1;
            if (complain(body).length === 0)
                faults.push(`${name}, example ${title}: the schema does not notice that ${what}`);
        }
    }
}

if (examples === 0)
    faults.push('the document has no examples');
for (const fault of faults)
    console.error(fault);
console.error(`   ${examples} examples, ${damaged} damaged ones, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

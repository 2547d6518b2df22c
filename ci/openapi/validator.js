// The document's schemas as functions, by ajv in the 2020-12 dialect that OpenAPI 3.1 uses.
// Needs ajv in NODE_PATH; ci/lint-openapi sees to that.
'use strict';

const fs = require('node:fs');
const Ajv = require('ajv/dist/2020').default;

function loadDocument(path) {
    const document = JSON.parse(fs.readFileSync(path, 'utf8'));
    // strict: false, because an OpenAPI document holds more than schemas; formats are annotations.
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    ajv.addSchema(document, 'openapi');
    return { document, ajv };
}

// '/components/schemas/Error' -> a function that returns a list of complaints, empty when valid.
function schemaAt({ ajv }, pointer) {
    const validate = ajv.compile({ $ref: `openapi#${pointer}` });
    return (value) => validate(value) ? []
        : validate.errors.map((error) => `${error.instancePath || '/'} ${error.message}`);
}

// One step of a JSON pointer, as a URI fragment has it.
function step(name) {
    return '/' + encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

module.exports = { loadDocument, schemaAt, step };

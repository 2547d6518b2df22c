// Requests as Node's server reads them (llhttp): it tells each request in its answer.
'use strict';
const http = require('http');

const server = http.createServer((request, answer) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {}); // it is no request that was read
    request.on('end', () => answer.end(JSON.stringify(
        [request.method, request.url, Buffer.concat(chunks).toString('hex')])));
});
server.httpAllowHalfOpen = true; // the driver has nothing more to send, and reads on
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume(); // the driver closes it at the end

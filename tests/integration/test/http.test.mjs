// HTTP as bytes on real sockets: what must be refused is refused and closed, while others are served.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { small } from '../lib/config.mjs';
import { Daemon } from '../lib/daemon.mjs';
import { RawHttp, refusal } from '../lib/raw-http.mjs';
import { TestVisit, draft, testToken } from '../lib/visit.mjs';

let daemon;
before(async () => {
    daemon = await Daemon.start({ config: small({
        plugins: [{ id: 'socketio', use: 'socketio', loop: true }, { id: 'signaling', use: 'signaling', loop: true }],
        server: { limits: { read_deadline: '1s' } },
    }) });
});
after(() => daemon?.stop());

const host = 'Host: localhost';
const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`;
const post = (...fields) => lines('POST /api/video/sessions HTTP/1.1', host, 'Content-Type: application/json', ...fields);

describe('framing that two readers could read differently', () => {
    const faults = {
        'two differing Content-Lengths': `${post('Content-Length: 2', 'Content-Length: 4')}{}{}`,
        'two equal Content-Lengths': `${post('Content-Length: 2', 'Content-Length: 2')}{}`,
        'a list of Content-Lengths': `${post('Content-Length: 2, 2')}{}`,
        'a Content-Length with Transfer-Encoding': `${post('Content-Length: 2', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
        'Transfer-Encoding with a Content-Length': `${post('Transfer-Encoding: chunked', 'Content-Length: 2')}0\r\n\r\n`,
        'a negative Content-Length': post('Content-Length: -2'),
        'a Content-Length with a sign': `${post('Content-Length: +2')}{}`,
        'a hexadecimal Content-Length': `${post('Content-Length: 0x2')}{}`,
        'a Content-Length that overflows': post('Content-Length: 99999999999999999999999'),
        'an empty Content-Length': post('Content-Length:'),
        'no Host': lines('GET /health/live HTTP/1.1', 'Accept: */*'),
        'two Hosts': lines('GET /health/live HTTP/1.1', host, host),
        'two differing Hosts': lines('GET /health/live HTTP/1.1', host, 'Host: elsewhere'),
        'a Host that is none': lines('GET /health/live HTTP/1.1', 'Host: a b'),
        'a bare line feed after the request line': `GET /health/live HTTP/1.1\n${host}\r\n\r\n`,
        'a bare line feed after a field': `GET /health/live HTTP/1.1\r\n${host}\nAccept: */*\r\n\r\n`,
        'a bare line feed at the end of the head': `GET /health/live HTTP/1.1\r\n${host}\r\n\n`,
        'a bare carriage return in a field': `GET /health/live HTTP/1.1\r\n${host}\r\nA: b\rc\r\n\r\n`,
        'a field folded over two lines': lines('GET /health/live HTTP/1.1', host, 'X-Folded: one', '  two'),
        'a field folded with a tab': lines('GET /health/live HTTP/1.1', host, 'X-Folded: one', '\ttwo'),
        'whitespace before the colon': lines('GET /health/live HTTP/1.1', host, 'Content-Length : 0'),
        'a field without a colon': lines('GET /health/live HTTP/1.1', host, 'nonsense'),
        'a field without a name': lines('GET /health/live HTTP/1.1', host, ': value'),
        'a NUL in a field': lines('GET /health/live HTTP/1.1', host, 'X-Odd: a\0b'),
        'a NUL in the path': lines('GET /health\0/live HTTP/1.1', host),
        'an upgrade in HTTP/1.0': lines('GET /socket.io/?EIO=4&transport=websocket HTTP/1.0', host, 'Connection: Upgrade', 'Upgrade: websocket',
            'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='),
        'Transfer-Encoding in HTTP/1.0': lines('POST /api/video/sessions HTTP/1.0', host, 'Transfer-Encoding: chunked'),
        'bytes that are no request': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        'a request line in two words': lines('GET /health/live', host),
        'a percent sign without its digits': lines('GET /health/%zz HTTP/1.1', host),
    };
    for (const [name, bytes] of Object.entries(faults)) {
        test(`${name}: 400 and the connection closes`, async () => {
            const answers = await refusal(daemon.port, Buffer.from(bytes, 'latin1'));
            assert.equal(answers.length, 1, JSON.stringify(answers));
            assert.equal(answers[0].status, 400, answers[0].body);
            assert.equal(answers[0].headers.connection, 'close');
            assert.equal(answers[0].json.code, 'malformed_request');
            assert.equal((await daemon.get('/health/live')).status, 200);
        });
    }

    test('a chunked body that is not chunks: 400, and no handler sees it', async () => {
        for (const body of ['2\n{}\r\n0\r\n\r\n', 'g\r\n', '-1\r\n', '2\r\n{}x\r\n', 'ffffffffffffffffff\r\n', '2;\x00=a\r\n{}\r\n0\r\n\r\n']) {
            const answers = await refusal(daemon.port, Buffer.from(post('Transfer-Encoding: chunked') + body, 'latin1'));
            assert.deepEqual(answers.map((answer) => answer.status), [400], JSON.stringify(body));
        }
    });

    test('an unknown transfer coding: 501 and the connection closes', async () => {
        for (const coding of ['gzip', 'gzip, chunked', 'chunked, chunked', 'xchunked']) {
            const answers = await refusal(daemon.port, post(`Transfer-Encoding: ${coding}`));
            assert.equal(answers.length, 1);
            assert.ok([400, 501].includes(answers[0].status), `${coding}: ${answers[0].status}`);
        }
    });

    test('a fault behind a good request: the good one is answered, the fault closes', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(lines('GET /health/live HTTP/1.1', host) + `${post('Content-Length: 2', 'Content-Length: 4')}{}{}` +
            lines('GET /health/live HTTP/1.1', host));
        await raw.end();
        assert.deepEqual(raw.answers.map((answer) => answer.status), [200, 400], 'what follows a fault is not read');
    });
});

describe('too much', () => {
    test('one field without end: 431 and the connection closes', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(`GET /health/live HTTP/1.1\r\n${host}\r\nX-Flood: ${'a'.repeat(64 * 1024)}`);
        await raw.end();
        assert.deepEqual(raw.answers.map((answer) => answer.status), [431]);
    });

    test('fields without end: 431 and the connection closes', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(`GET /health/live HTTP/1.1\r\n${host}\r\n${'X-Flood: 1\r\n'.repeat(5000)}`);
        await raw.end();
        assert.deepEqual(raw.answers.map((answer) => answer.status), [431]);
    });

    test('a request line without end: 414 and the connection closes', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(`GET /${'a'.repeat(64 * 1024)}`);
        await raw.end();
        assert.deepEqual(raw.answers.map((answer) => answer.status), [414]);
    });

    test('a body above the limit, announced: 413 before it is sent', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(post(`Content-Length: ${2 ** 20 + 1}`));
        assert.equal((await raw.answer()).status, 413);
        assert.equal((await raw.answer()).json.code, 'body_too_large');
        await raw.end();
    });

    test('a body above the limit, in chunks: 413', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(post('Transfer-Encoding: chunked'));
        const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
        for (let sent = 0; sent < 20; ++sent) raw.send(chunk);
        assert.equal((await raw.answer()).status, 413);
        raw.destroy();
    });

    test('a body at the limit reaches its handler', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(post(`Content-Length: ${2 ** 20}`, `Authorization: Bearer ${testToken('d', 'DOCTOR')}`) + `{"a":"${'x'.repeat(2 ** 20 - 8)}"}`);
        const answer = await raw.answer();
        assert.equal(answer.status, 422, answer.body);
        raw.destroy();
    });
});

describe('clients that take their time', () => {
    /// Sends a byte now and then until the connection closes, while another client is served.
    async function drip(first, byte) {
        const raw = await RawHttp.open(daemon.port);
        raw.send(first);
        let sent = 0;
        const timer = setInterval(() => {
            if (!raw.closed && raw.writable && ++sent < 1000) raw.send(byte);
        }, 100);
        try {
            let served = 0;
            const closed = raw.end();
            let over = false;
            closed.finally(() => { over = true; }).catch(() => {});
            while (!over) {
                assert.equal((await daemon.get('/health/live')).status, 200);
                ++served;
            }
            await closed;
            assert.ok(served > 1, 'others are served meanwhile');
            assert.ok(sent < 1000, 'the connection was closed by the deadline');
            return raw.answers;
        } finally {
            clearInterval(timer);
            raw.destroy();
        }
    }

    test('a head that comes byte by byte is closed by the total deadline', async () => {
        const answers = await drip(`GET /health/live HTTP/1.1\r\n${host}\r\nX-Slow: `, 'a');
        assert.ok(answers.length === 0 || (answers.length === 1 && answers[0].status === 408), JSON.stringify(answers));
    });

    test('a body that comes byte by byte is closed by the total deadline', async () => {
        const answers = await drip(post('Content-Length: 5000'), ' ');
        assert.ok(answers.length === 0 || (answers.length === 1 && answers[0].status === 408), JSON.stringify(answers));
    });

    test('a connection that says nothing is closed by the same deadline', async () => {
        const raw = await RawHttp.open(daemon.port);
        await raw.end();
        assert.ok(raw.answers.length === 0 || raw.answers[0].status === 408);
    });
});

describe('what must work', () => {
    test('pipelined requests are answered in their order, a slow one first', async () => {
        const visit = await TestVisit.create(daemon);
        const body = JSON.stringify(draft(visit.doctorId, visit.patientId));
        const raw = await RawHttp.open(daemon.port);
        raw.send(post(`Authorization: Bearer ${visit.doctorToken}`, `Content-Length: ${Buffer.byteLength(body)}`) + body +
            lines(`GET ${visit.path()} HTTP/1.1`, host, `Authorization: Bearer ${visit.doctorToken}`) +
            lines('GET /health/live HTTP/1.1', host) +
            lines('GET /nowhere HTTP/1.1', host) +
            lines('GET /health/live HTTP/1.1', host, 'Connection: close'));
        await raw.end();
        assert.deepEqual(raw.answers.map((answer) => answer.status), [201, 200, 200, 404, 200]);
        assert.equal(raw.answers[1].json.session_id ?? raw.answers[1].json.id, visit.id);
        assert.equal(raw.answers[3].json.code, 'not_found');
        daemon.secret(raw.answers[0].json.doctor_token);
        daemon.secret(raw.answers[0].json.patient_token);
    });

    test('a request in single bytes is answered', async () => {
        const raw = await RawHttp.open(daemon.port);
        for (const byte of Buffer.from(lines('GET /health/live HTTP/1.1', host))) raw.send(Buffer.from([byte]));
        assert.equal((await raw.answer()).status, 200);
        raw.destroy();
    });

    test('a chunked body is understood', async () => {
        const visit = await TestVisit.create(daemon);
        const body = JSON.stringify(draft(visit.doctorId, visit.patientId));
        const raw = await RawHttp.open(daemon.port);
        raw.send(post(`Authorization: Bearer ${visit.doctorToken}`, 'Transfer-Encoding: chunked'));
        for (const part of [body.slice(0, 7), body.slice(7)]) raw.send(`${part.length.toString(16)}\r\n${part}\r\n`);
        raw.send('0\r\n\r\n');
        const answer = await raw.answer();
        assert.equal(answer.status, 201, answer.body);
        daemon.secret(answer.json.doctor_token);
        daemon.secret(answer.json.patient_token);
        raw.destroy();
    });

    test('HEAD is answered without a body, as long as GET would be', async () => {
        const answer = await fetch(`${daemon.url}/health/live`, { method: 'HEAD' });
        assert.equal(answer.status, 200);
        assert.equal(await answer.text(), '');
        assert.ok(Number(answer.headers.get('content-length')) > 0);
    });

    test('Expect: 100-continue is met before the body is sent', async () => {
        const raw = await RawHttp.open(daemon.port);
        raw.send(post('Expect: 100-continue', 'Content-Length: 2'));
        assert.equal((await raw.answer()).status, 100);
        raw.send('{}');
        assert.equal((await raw.answer(1)).status, 401);
        raw.destroy();
    });

    test('a wrong method is 405 with those allowed', async () => {
        const answer = await fetch(`${daemon.url}/health/live`, { method: 'DELETE' });
        assert.equal(answer.status, 405);
        assert.match(answer.headers.get('allow'), /\bGET\b/);
    });

    test('each answer has an id, and takes a sane one from the request', async () => {
        const plain = await daemon.get('/health/live');
        assert.match(plain.headers.get('x-request-id'), /^[A-Za-z0-9._-]{8,}$/);
        const given = await fetch(`${daemon.url}/health/live`, { headers: { 'X-Request-Id': 'from-the-proxy-1' } });
        assert.equal(given.headers.get('x-request-id'), 'from-the-proxy-1');
        await daemon.logged((line) => JSON.stringify(line).includes('from-the-proxy-1'), 'the request\'s id in the log');
        const odd = await fetch(`${daemon.url}/health/live`, { headers: { 'X-Request-Id': `"${'x'.repeat(500)}` } });
        assert.ok(odd.headers.get('x-request-id').length < 200);
    });
});

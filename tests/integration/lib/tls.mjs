// Certificates made for a test, and what a TLS port says to a client.
import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';

import { build } from '../../e2e/lib/server.mjs';
import { within } from './within.mjs';

const run = promisify(execFile);
export const ctl = join(build, 'bin/televisitctl');

/// A folder for certificates; `remove()` it.
export class CertificateFolder {
    constructor() { this.path = mkdtempSync(join(tmpdir(), 'televisit-tls-')); }
    remove() { rmSync(this.path, { recursive: true, force: true }); }

    /// A new pair in a folder of its own, as `televisitctl tls self-signed` makes it.
    make(name) {
        execFileSync(ctl, ['tls', 'self-signed', '--out', join(this.path, name)], { stdio: 'pipe' });
        return this.pair(name);
    }

    /// An RSA certificate, signed by an intermediate one, signed by a root that only `ca` names.
    makeChain(name) {
        const folder = join(this.path, name);
        mkdirSync(folder);
        const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
        const sign = (subject, issuer, extensions) => {
            writeFileSync(join(folder, 'extensions'), extensions);
            openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${subject}.key`, '-out', `${subject}.csr`, '-subj', `/CN=${subject}`);
            openssl('x509', '-req', '-in', `${subject}.csr`, '-days', '2', '-extfile', 'extensions', '-out', `${subject}.pem`,
                ...(issuer ? ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'] : ['-key', `${subject}.key`]));
            return readFileSync(join(folder, `${subject}.pem`));
        };
        const ca = sign('root', '', 'basicConstraints=critical,CA:TRUE');
        const middle = sign('middle', 'root', 'basicConstraints=critical,CA:TRUE');
        const leaf = sign('leaf', 'middle', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
        writeFileSync(join(folder, 'certificate.pem'), Buffer.concat([leaf, middle]));
        writeFileSync(join(folder, 'key.pem'), readFileSync(join(folder, 'leaf.key')));
        chmodSync(join(folder, 'key.pem'), 0o600);
        return { ...this.pair(name), ca };
    }

    pair(name) {
        const [certificate, key] = [join(this.path, name, 'certificate.pem'), join(this.path, name, 'key.pem')];
        const ca = readFileSync(certificate);
        return { certificate, key, ca, fingerprint: new X509Certificate(ca).fingerprint256 };
    }
}

/// Signs certificates of servers, in a folder.
export class Authority {
    constructor(folder) {
        this.folder = folder;
        mkdirSync(folder);
        writeFileSync(join(folder, 'ca.cnf'), ['[ca]', 'default_ca = here', '[here]', 'database = index', 'new_certs_dir = .', 'rand_serial = yes',
            'default_md = sha256', 'policy = any', 'unique_subject = no', '[any]', 'commonName = supplied', ''].join('\n'));
        writeFileSync(join(folder, 'index'), '');
        this.#openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=authority');
    }

    get file() { return join(this.folder, 'ca.pem'); }
    #openssl(...args) { execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' }); }

    /// The texts of a certificate for that host, and of its key.
    sign(host, { expired = false } = {}) {
        writeFileSync(join(this.folder, 'extensions'), `subjectAltName=DNS:${host}`);
        this.#openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'host.key', '-out', 'host.csr', '-subj', `/CN=${host}`);
        this.#openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', 'host.csr', '-out', 'host.pem',
            '-extfile', 'extensions', '-startdate', '20200101000000Z', '-enddate', expired ? '20200102000000Z' : '20491231235959Z');
        return { certificate: readFileSync(join(this.folder, 'host.pem'), 'utf8'), key: readFileSync(join(this.folder, 'host.key'), 'utf8') };
    }
}

/// What steers a server to use a pair.
export const environmentOf = ({ certificate, key }) => ({ TELEVISIT_TLS_CERTIFICATE: certificate, TELEVISIT_TLS_KEY: key });

/// A handshake, with what came of it; the connection is ended.
export async function handshake(port, options = {}) {
    const socket = await open(port, options);
    const result = {
        version: socket.getProtocol(), cipher: socket.getCipher().standardName, alpn: socket.alpnProtocol, reused: socket.isSessionReused(),
        trusted: socket.authorized, fingerprint: socket.getPeerX509Certificate()?.fingerprint256,
    };
    socket.destroy();
    return result;
}

export function open(port, options = {}) {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    return within(new Promise((done, fail) => {
        socket.once('secureConnect', () => done(socket)).once('error', fail);
    }), 'a TLS handshake');
}

/// Like `fetch`, with a say in whom to trust.
export function ask(url, { method = 'GET', headers = {}, body, ...options } = {}) {
    return within(new Promise((done, fail) => {
        request(url, { method, headers, ...options }, (answer) => {
            const parts = [];
            answer.on('data', (part) => parts.push(part)).once('error', fail).once('end', () =>
                done({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }));
        }).once('error', fail).end(body);
    }), `an answer of ${url}`);
}

/// televisitctl, run to its end.
export const ctlRun = (args, env) => run(ctl, args, { env }).then(({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }));

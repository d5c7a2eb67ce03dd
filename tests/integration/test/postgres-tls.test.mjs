// PostgreSQL over TLS, as a database team sets it up: who it is is made sure of, and whoever it is not gets no password; a refusal says
// what is wrong, and nothing that is secret.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { builtIn, control } from '../lib/control.mjs';
import { Daemon, exits } from '../lib/daemon.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { Authority, CertificateFolder } from '../lib/tls.mjs';

const kHost = 'db.hospital.example';
const kPassword = 'correct-horse-battery';
/// By TLS with a password, or by the socket of the machine's own administrator.
const kHba = 'local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n';
const kSettings = ['ssl=on', 'ssl_cert_file=../server.pem', 'ssl_key_file=../server.key', 'password_encryption=scram-sha-256'];

let certificates;
let authority;
let stranger;
let database;
let good;
before(async () => {
    certificates = new CertificateFolder();
    authority = new Authority(join(certificates.path, 'authority'));
    stranger = new Authority(join(certificates.path, 'stranger'));
    good = authority.sign(kHost);
    database = await Postgres.open({ settings: kSettings, hba: kHba, tcp: true, files: { 'server.pem': good.certificate, 'server.key': good.key } });
    await database.sql(`CREATE ROLE televisit LOGIN PASSWORD '${kPassword}'`);
    await database.sql('CREATE DATABASE televisit OWNER televisit');
});
after(async () => {
    await database?.close();
    certificates?.remove();
});

/// The database is known by a name that no server of names has.
const url = ({ host = kHost, ca = authority.file, mode = 'verify-full', more = '' } = {}) =>
    `postgresql://televisit@${host}:${database.port}/televisit?hostaddr=127.0.0.1&sslmode=${mode}&sslrootcert=${ca}${more}`;

const environmentOf = (where, password = kPassword) =>
    ({ TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: where, TELEVISIT_DATABASE_PASSWORD: password });

/// Why `db status` gives up; never with a secret.
async function refusal(where, password) {
    const { status, out, error } = await control(['db', 'status'], { env: environmentOf(where, password) });
    assert.notEqual(status, 0, out);
    for (const secret of [kPassword, 'postgresql://', 'hostaddr', 'wrong-password']) assert.ok(!`${out}${error}`.includes(secret), error);
    return error;
}

async function present({ certificate, key }) {
    await database.stop('fast');
    database.write('server.pem', certificate);
    database.write('server.key', key);
    await database.start();
}

test('with its certificate and a password it is used, over TLS', async () => {
    const migrated = await control(['db', 'migrate'], { env: environmentOf(url()) });
    assert.equal(migrated.status, 0, migrated.error);
    const daemon = await Daemon.start({ config: builtIn(), env: environmentOf(url()) });
    daemon.secret(kPassword);
    assert.ok((await Visit.create(daemon)).id);
    const inUse = await database.sql("SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'televisit'");
    assert.deepEqual(inUse, ['t']);
    await daemon.stop();
});

test('the password may stand in a file', async () => {
    const file = join(certificates.path, 'password');
    writeFileSync(file, kPassword, { mode: 0o600 });
    const config = builtIn().replace('${env:TELEVISIT_DATABASE_PASSWORD:-}', `\${file:${file}}`);
    const found = await control(['db', 'status'], { config, env: environmentOf(url(), '') });
    assert.equal(found.status, 0, found.error);
    const passwords = join(certificates.path, 'pgpass');
    writeFileSync(passwords, `${kHost}:*:*:televisit:${kPassword}\n`);
    chmodSync(passwords, 0o600);
    const again = await control(['db', 'status'], { env: environmentOf(url({ more: `&passfile=${passwords}` }), '') });
    assert.equal(again.status, 0, again.error);
});

describe('what does not hold is refused, and said:', () => {
    after(() => present(good));

    test('a wrong password, or none', async () => {
        assert.match(await refusal(url(), 'wrong-password'), /28P01 \(the password is wrong, or there is none\)/);
        assert.match(await refusal(url(), ''), /the password is wrong, or there is none/);
    });

    test('a host name that is not in the certificate', async () => {
        assert.match(await refusal(url({ host: 'other.hospital.example' })), /is for another host name/);
    });

    test('an authority that is not known', async () => {
        assert.match(await refusal(url({ ca: stranger.file })), /is signed by nobody in sslrootcert/);
    });

    test('a file of authorities that is not there', async () => {
        assert.match(await refusal(url({ ca: join(certificates.path, 'nothing.pem') })), /the file of sslrootcert cannot be read/);
    });

    test('a certificate that has expired; the server does not start, and its log says why', async () => {
        await present(authority.sign(kHost, { expired: true }));
        assert.match(await refusal(url()), /has expired, or is not valid yet/);
        const result = await Daemon.run({ config: builtIn(), env: environmentOf(url()) });
        assert.equal(result.code, exits.startFailed, result.output);
        assert.match(result.output, /has expired, or is not valid yet/);
        assert.ok(!result.output.includes(kPassword) && !result.output.includes('hostaddr'), result.output);
    });

    test('a database that speaks no TLS', async () => {
        const plain = await Postgres.open({ tcp: true });
        try {
            const where = url().replace(`:${database.port}/`, `:${plain.port}/`);
            assert.match(await refusal(where), /speaks no TLS, which sslmode demands/);
        } finally {
            await plain.close();
        }
    });
});

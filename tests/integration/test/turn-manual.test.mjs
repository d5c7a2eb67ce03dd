// What docs/turn.md says about coturn, done as it is printed.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Coturn } from '../../e2e/lib/coturn.mjs';
import { repository } from '../../e2e/lib/server.mjs';
import { builtIn } from '../lib/control.mjs';
import { shipped } from '../lib/config.mjs';
import { plugins } from '../lib/daemon.mjs';
import { Manual, perform } from '../lib/manual.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { certificate } from '../lib/turn-servers.mjs';

let folder;
before(() => { folder = mkdtempSync(join(tmpdir(), 'televisit-turn-manual-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

const manual = (section) => new Manual(section, 'docs/turn.md');

/// What `televisitctl` takes when nothing says which file.
function configured(text) {
    const file = join(folder, 'televisitd.yaml');
    writeFileSync(file, text);
    return { TELEVISIT_CONFIG: file, TELEVISIT_STATE_DIR: join(folder, 'state') };
}

/// coturn with the file that was made, but on ports and addresses of the test.
async function started(made, { tls, database } = {}) {
    const machines = /^(listening-port|tls-listening-port|external-ip|min-port|max-port|cert|pkey|syslog|no-stdout-log)\b/;
    const lines = readFileSync(made, 'utf8').split('\n').filter((line) => !machines.test(line) && !(database && /^static-auth/.test(line)));
    const file = join(folder, 'started.conf');
    writeFileSync(file, `${lines.join('\n')}\n`);
    // On the command line, for the last database that is named counts.
    return Coturn.start({ file, tls, args: [...(tls ? [] : ['--no-tls']), ...(database ? [`--psql-userdb=${database}`] : [])] });
}

test('coturn is installed, fitted to this server, and seen to work', async () => {
    const etc = join(folder, 'etc');
    mkdirSync(etc);
    const { certificate: chain, key } = certificate(folder, 'live', { host: 'IP:127.0.0.1' });
    const install = manual('Installing coturn');
    const conf = join(etc, 'turnserver.conf');
    // Files are given to coturn's user by root alone.
    const [given, owned] = process.getuid() === 0 ? [[], []] : [[['chown root:turnserver', ':']], [['-o turnserver -g turnserver', '']]];
    const places = [['/etc/turnserver.conf', conf], ...given];
    const output = await perform(install.next('apt install'), { edits: places, cwd: repository });
    const secret = output.trim().split('\n').at(-1);
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(statSync(conf).mode & 0o777, 0o640);
    const text = readFileSync(conf, 'utf8');
    assert.ok(text.includes(`\nstatic-auth-secret=${secret}\n`) && text.includes('\nrealm=turn.example.org\n') && text.includes('\nexternal-ip=203.0.113.10\n'));
    await perform(install.next('fullchain.pem'), { edits: [
        ['/etc/coturn', join(etc, 'coturn')], ['/etc/letsencrypt/live/turn.example.org/fullchain.pem', chain],
        ['/etc/letsencrypt/live/turn.example.org/privkey.pem', key], ...owned,
    ] });
    await perform(install.next('port-443.conf'), { edits: [['/etc/systemd', join(etc, 'systemd')]] });
    assert.deepEqual(install.left, []);

    const tls = { certificate: join(etc, 'coturn/certificate.pem'), key: join(etc, 'coturn/key.pem') };
    const coturn = await started(conf, { tls });
    try {
        const telling = manual('Telling televisitd');
        const env = Object.fromEntries(telling.next('TURN_SERVER=').trim().split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
        assert.deepEqual(telling.left, []);
        env.TURN_SERVER = env.TURN_SERVER.replaceAll('turn.example.org:3478', `127.0.0.1:${coturn.port}`)
            .replaceAll('turn.example.org:5349', `127.0.0.1:${coturn.tlsPort}`);
        env.TURN_SECRET = secret;
        const seeing = manual('Seeing that it works');
        const trusting = shipped(['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`],
            ['      stun: ${env:STUN_SERVER:-}', `      stun: \${env:STUN_SERVER:-}\n      probe: {ca_file: ${tls.certificate}}`]);
        const found = await perform(seeing.next('televisitctl turn check'), { env: { ...env, ...configured(trusting) } });
        assert.equal(found.match(/ ok /g)?.length, 3, found);
        await perform(seeing.next('turnutils_stunclient'), { edits: [['3478', String(coturn.port)], ['turn.example.org', '127.0.0.1']] });
        assert.deepEqual(seeing.left, []);
        const wrong = perform('televisitctl turn check', { env: { ...env, TURN_SECRET: 'another', ...configured(builtIn()) } });
        await assert.rejects(wrong, (failure) => failure.code === 1 && failure.output.includes('401'));
    } finally {
        await coturn.stop();
    }
});

test('the configurations that are printed are good ones', async () => {
    const file = join(folder, 'a-secret');
    writeFileSync(file, 'anything');
    const plugin = /^ {2}- id: turn\n.*?\n(?=\n)/ms;
    const printed = ['Telling televisitd', 'Replacing the secret'].flatMap((section) => manual(section).fenced);
    assert.equal(printed.length, 2);
    for (const entry of printed) {
        const text = builtIn().replace(plugin, () => entry.replaceAll(/\/run\/secrets\/turn-\w+/g, file));
        assert.ok(text.includes(entry.split('\n')[3]));
        await perform('televisitctl config check', { env: configured(text) });
    }
});

test('the secret is replaced through PostgreSQL', async () => {
    const postgres = await Postgres.open();
    const section = manual('Replacing the secret');
    const reach = { PGHOST: postgres.folder, PGUSER: 'postgres' };
    await perform(section.next('createdb'), { env: reach });
    const made = join(folder, 'template.conf');
    writeFileSync(made, readFileSync(join(repository, 'conf/coturn/turnserver.conf'), 'utf8').replaceAll('TURN.EXAMPLE.ORG', 'turn.example.org'));
    const coturn = await started(made, { database: `host=${postgres.folder} dbname=coturn user=postgres` });
    try {
        const config = shipped(['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`], ['      stun: ${env:STUN_SERVER:-}',
            `      stun: \${env:STUN_SERVER:-}\n      rotation: {file: ${join(folder, 'secrets')}, store: "postgresql:///coturn?host=${postgres.folder}&user=postgres", realm: turn.example.org}`]);
        const env = { TURN_SERVER: coturn.url(), ...configured(config) };
        const rotate = section.next('turn rotate');
        assert.match(await perform(rotate, { env }), /credentials are made with the new secret/);
        assert.match(await perform(rotate, { env }), /every server takes the new secret/);
        assert.match(await perform('televisitctl turn check', { env }), / ok /);
        assert.deepEqual(section.left, []);
    } finally {
        await coturn.stop();
        await postgres.close();
    }
});

// What docs/operations.md says about keeping records, done as it is printed.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { repository } from '../../e2e/lib/server.mjs';
import { Visit, call } from '../../e2e/lib/visit.mjs';
import { builtIn } from '../lib/control.mjs';
import { Daemon, exits, freePort } from '../lib/daemon.mjs';
import { Hospital } from '../lib/hospital.mjs';
import { Manual, perform } from '../lib/manual.mjs';
import { Peer } from '../lib/peer.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { Redis } from '../lib/redis.mjs';
import { Stunnel } from '../lib/stunnel.mjs';
import { Authority } from '../lib/tls.mjs';

const chimeEra = join(repository, 'plugins/storage-postgres/tests/chime_era.sql');
let folder;
before(() => { folder = mkdtempSync(join(tmpdir(), 'televisit-manual-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

const status = async (visit) => (await call(visit.server, 'GET', `/api/video/sessions/${visit.id}`, { token: visit.doctorJwt })).status;

/// `televisitctl` as it is printed takes the installed file; here it is another.
const controlled = (block, config) => block.replaceAll(/^televisitctl db \w+( --dry-run)?/gm, (command) => `${command} --config ${config}`);

test('records in SQLite: backed up while the server runs, restored, migrated', async () => {
    const manual = new Manual('Records in SQLite');
    const hospital = await Hospital.open(builtIn());
    try {
        const backup = join(folder, 'backup');
        mkdirSync(backup);
        const places = [['/var/lib/televisit', hospital.state], ['/backup', backup]];
        const kept = await Visit.create(hospital);
        const vacuum = manual.next('VACUUM INTO');
        assert.match(await perform(vacuum, { edits: places }), /^ok$/m);
        const copy = join(backup, 'televisit.db');
        await perform(manual.next('.backup'), { edits: places });
        assert.match(await perform(`sqlite3 ${copy} 'PRAGMA integrity_check'`), /^ok$/m);

        const later = await Visit.create(hospital);
        assert.equal(await status(later), 200);
        const restore = manual.next('install -m 0600');
        await hospital.crash(1, () => perform(restore, { edits: [...places, ['televisit-2026-01-25.db', 'televisit-$(date +%F).db']] }));
        assert.equal(await status(kept), 200);
        assert.equal(await status(later), 404, 'what came after the backup');
        assert.equal(statSync(join(hospital.state, 'televisit.db')).mode & 0o777, 0o600);

        const config = join(folder, 'sqlite.yaml');
        writeFileSync(config, builtIn());
        const env = { TELEVISIT_STATE_DIR: hospital.state };
        const migrate = controlled(manual.next('db migrate'), config);
        await hospital.crash(1, async () => {
            assert.match(await perform(migrate, { env }), /^0001_initial +\d{4}-/m);
        });
        assert.equal(await status(kept), 200);
        assert.deepEqual(manual.left, []);
    } finally {
        await hospital.close();
    }
});

test('a file of SQLite that sqlite3 made of the dry run is taken by the server; one of a newer server is not', async () => {
    const state = join(folder, 'by-hand');
    mkdirSync(state, { mode: 0o700 });
    const config = join(folder, 'by-hand.yaml');
    writeFileSync(config, builtIn());
    const file = join(state, 'televisit.db');
    const env = { TELEVISIT_STATE_DIR: state };
    const control = `televisitctl db status --config ${config}`;
    await assert.rejects(perform(control, { env }), (failure) => failure.code === 1 && /^0001_initial +not yet$/m.test(failure.output));
    await perform(`televisitctl db migrate --dry-run --config ${config} | sqlite3 ${file}`, { env });
    assert.match(await perform(control, { env }), /^0001_initial +\d{4}-/m);
    const daemon = await Daemon.start({ config: builtIn(), state });
    assert.ok((await Visit.create(daemon)).id);
    await daemon.stop();
    await perform(`sqlite3 ${file} "INSERT INTO schema_migrations VALUES (2, 'later', 'x', 0)"`);
    const refused = await Daemon.run({ config: builtIn(), state });
    assert.equal(refused.code, exits.startFailed, refused.output);
    assert.match(refused.output, /has the schema of a newer server \(0002_later\)/);
    await assert.rejects(perform(`televisitctl db migrate --config ${config}`, { env }), /newer server/);
});

test('records in PostgreSQL: set up, migrated, used by a user who may not change tables, backed up, restored', async () => {
    const manual = new Manual('Records in PostgreSQL');
    const database = await Postgres.open();
    let hospital;
    try {
        const admin = { PGHOST: database.folder, PGUSER: 'postgres' };
        await perform(manual.next('createuser televisit'), { env: admin, input: 'secret\nsecret\n' });
        assert.match(manual.next('TELEVISIT_STORAGE=postgres'), /^TELEVISIT_DATABASE_URL=postgresql:\/\/televisit@.*sslmode=verify-full/m);
        const url = (user) => `postgresql://${user}@/televisit?host=${database.folder}`;
        const config = join(folder, 'postgres.yaml');
        writeFileSync(config, builtIn());
        const owner = { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: url('televisit'), TELEVISIT_STATE_DIR: join(folder, 'state') };
        const [state, ...rest] = controlled(manual.next('db migrate'), config).split('\n');
        await assert.rejects(perform(state, { env: owner }), (failure) => failure.code === 1);
        assert.match(await perform(rest.join('\n'), { env: owner }), /^0001_initial +\d{4}-/m);

        await perform('createuser televisit_server', { env: admin });
        await perform(manual.next('GRANT SELECT'), { env: owner });
        assert.match(manual.next('synchronous_standby_names'), /ANY 1 \(\*\)/);
        hospital = await Hospital.open(builtIn(), { env: { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: url('televisit_server') } });
        const kept = await Visit.create(hospital);
        assert.equal((await kept.post('end', kept.doctorJwt)).status, 200);
        await perform(manual.next('pg_dump'), { env: owner, cwd: folder });
        const later = await Visit.create(hospital);
        await hospital.crash(1, () => perform(manual.next('pg_restore'), { env: owner, cwd: folder }));
        assert.equal(await status(kept), 200);
        assert.equal(await status(later), 404, 'what came after the backup');
        assert.ok((await Visit.create(hospital)).id);

        await perform(`createdb chime && psql -qX -v ON_ERROR_STOP=1 -d chime -f ${chimeEra}`, { env: admin });
        const bring = controlled(manual.next('from-chime'), config);
        const chime = { ...owner, TELEVISIT_DATABASE_URL: database.url.replace('/postgres?', '/chime?') };
        const count = "psql -qXAt -d chime -c 'SELECT count(*) FROM video_consultation_sessions'";
        const before = await perform(count, { env: admin });
        for (let times = 0; times < 2; ++times) {
            await perform(bring, { env: chime, edits: [['/usr/local/share/televisit/migrations', join(repository, 'migrations')]] });
            assert.equal(await perform(count, { env: admin }), before);
        }
        assert.deepEqual(manual.left, []);
    } finally {
        await hospital?.close();
        await database.close();
    }
});

test('records and presence in Redis: set up, used by a user who may do no more than needed, backed up, restored, over TLS', async () => {
    const manual = new Manual('Records and presence in Redis');
    const settings = join(folder, 'redis');
    mkdirSync(settings);
    const file = join(settings, 'redis.conf');
    // To what the package brings, where the test may read it.
    const packaged = '/etc/redis/redis.conf';
    writeFileSync(file, existsSync(packaged) && process.getuid() === 0 ? readFileSync(packaged) : '');
    const port = await freePort();
    let redis;
    let hospital;
    const tunnels = [];
    try {
        await perform(manual.next('appendfsync always'), { edits: [['/etc/redis', settings], ['/run/redis/redis-server.sock', join(settings, 'socket')]] });
        const password = readFileSync(join(settings, 'televisit-password'), 'utf8').trim();
        assert.ok(!readFileSync(file, 'utf8').includes(password));
        const admin = readFileSync(join(settings, 'admin-password'), 'utf8').trim();
        assert.match(readFileSync(file, 'utf8'), new RegExp(`^requirepass ${admin}$`, 'm'));
        redis = await Redis.open({ file, port, password: admin, options: { logfile: '' } });
        const env = Object.fromEntries(manual.next('TELEVISIT_STORAGE=redis').trim().split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
        assert.equal(env.TELEVISIT_REDIS_URL, 'unix:/run/redis/redis-server.sock');
        Object.assign(env, { TELEVISIT_REDIS_URL: `unix:${redis.socket}`, TELEVISIT_REDIS_PASSWORD: password });
        hospital = await Hospital.open(builtIn(), { env });
        hospital.secret(password);
        const kept = await Visit.create(hospital);
        const [doctor, patient] = [await Peer.enter(hospital, await kept.doctor()), await Peer.enter(hospital, await kept.patient())];
        await doctor.reaches(patient, 'by a user who may little');
        await call(hospital, 'POST', `/api/video/sessions/${kept.id}/invitations`, { token: kept.doctorJwt, body: { role: 'OBSERVER' } });
        for (const peer of [doctor, patient]) peer.destroy();
        assert.equal((await kept.post('end', kept.doctorJwt)).status, 200);
        await redis.cli('ACL', 'SETUSER', 'televisit', '+llen', '+pexpiretime', '+scan', '+unlink');
        const [there, back] = ['sqlite', 'redis'].map((name) => {
            const config = join(settings, `${name}.yaml`);
            writeFileSync(config, builtIn().replaceAll('${env:TELEVISIT_STORAGE:-sqlite}', name));
            return config;
        });
        const apart = { ...env, TELEVISIT_STATE_DIR: join(settings, 'state') };
        mkdirSync(apart.TELEVISIT_STATE_DIR, { mode: 0o700 });
        for (const command of [`db migrate --config ${there}`, `storage copy --from ${back} --to ${there}`])
            await perform(`televisitctl ${command}`, { env: apart });
        await perform(`televisitctl storage copy --from ${there} --to ${back} --erase-target`, { env: apart });
        const denied = await redis.cli('ACL', 'LOG');
        assert.equal(denied, '', 'nothing was refused');

        const backup = join(folder, 'redis-backup');
        mkdirSync(backup);
        await perform(manual.next('--rdb'), { edits: [['/etc/redis', settings], ['/run/redis/redis-server.sock', redis.socket], ['/backup', backup]] });
        const later = await Visit.create(hospital);
        assert.equal(await status(later), 200);
        const restore = manual.next('appendonly.aof.manifest');
        await hospital.crash(1, async () => {
            await redis.kill();
            await perform(restore, { edits: [['/var/lib/redis', redis.folder], ['/backup', backup], ['televisit-2026-01-25.rdb', 'televisit-$(date +%F).rdb']] });
            await redis.start();
        });
        assert.equal(await status(kept), 200);
        assert.equal(await status(later), 404, 'what came after the backup');
        assert.ok((await Visit.create(hospital)).id);

        const host = 'redis.example.org';
        const authority = new Authority(join(folder, 'redis-authority'));
        const stranger = new Authority(join(folder, 'redis-stranger'));
        const { certificate, key } = authority.sign(host);
        for (const [name, text] of [['redis.pem', certificate], ['redis-key.pem', key]]) writeFileSync(join(settings, name), text, { mode: 0o600 });
        const [far, near] = [await freePort(), await freePort()];
        const serves = manual.next('connect = 127.0.0.1:6379');
        const asks = manual.next('checkHost');
        tunnels.push(await Stunnel.open(serves, { folder: settings, edits: [['accept = 6380', `accept = 127.0.0.1:${far}`], [':6379', `:${port}`]] }));
        const client = (edits = []) => Stunnel.open(asks, { folder: settings, edits: [
            [`connect = ${host}:6380`, `connect = 127.0.0.1:${far}`], ['127.0.0.1:6390', `127.0.0.1:${near}`], ...edits] });
        const overTls = { ...env, TELEVISIT_REDIS_URL: `redis://televisit@127.0.0.1:${near}` };
        writeFileSync(join(settings, 'redis-ca.pem'), readFileSync(authority.file));
        tunnels.push(await client());
        await hospital.close();
        hospital = await Hospital.open(builtIn(), { env: overTls });
        assert.ok((await Visit.create(hospital)).id);

        await tunnels.pop().close();
        writeFileSync(join(settings, 'redis-ca.pem'), readFileSync(stranger.file));
        tunnels.push(await client());
        const refused = await Daemon.run({ config: builtIn(), env: overTls });
        assert.equal(refused.code, exits.startFailed, refused.output);
        assert.ok(!refused.output.includes(password));
        await tunnels.pop().close();
        writeFileSync(join(settings, 'redis-ca.pem'), readFileSync(authority.file));
        tunnels.push(await client([[`checkHost = ${host}`, 'checkHost = another.example.org']]));
        assert.equal((await Daemon.run({ config: builtIn(), env: overTls })).code, exits.startFailed);
        assert.deepEqual(manual.left, []);
    } finally {
        await hospital?.close();
        for (const tunnel of tunnels) await tunnel.close();
        await redis?.close();
    }
});

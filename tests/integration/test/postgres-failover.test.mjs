// Two PostgreSQL servers, one following the other, both in the URL: the first dies in the middle of load, the second is promoted, and the
// server goes over to it by itself. With synchronous replication nothing that was acknowledged is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Hospital } from '../lib/hospital.mjs';
import { Load } from '../lib/load.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { configuration, lookInto, migrate } from '../lib/storages.mjs';
import { until } from '../lib/within.mjs';

const kSeed = Number(process.env.KILLS_SEED ?? Math.floor(Math.random() * 1e9));
let primary;
let standby;
let hospital;

before(async () => {
    primary = await Postgres.open();
    await migrate({ TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: primary.url });
    standby = await primary.openStandby();
    await primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await primary.sql('SELECT pg_reload_conf()');
    await until(async () => (await primary.sql('SELECT sync_state FROM pg_stat_replication'))[0] === 'sync', 'a standby in step');
    const url = `postgresql:///postgres?host=${primary.folder},${standby.folder}&user=postgres`;
    hospital = await Hospital.open(configuration('storage-postgres'), { env: { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: url } });
});
after(async () => {
    await hospital?.close();
    await standby?.close();
    await primary?.close();
});

test(`the primary dies and its standby takes over: seed ${kSeed}`, async (context) => {
    const load = new Load(hospital, { seed: kSeed });
    context.after(() => load.giveUp());
    await load.goesOn(40);
    // With nobody to confirm it, nothing is acknowledged; what waited is settled when somebody does.
    await standby.kill();
    await load.isRefused(5);
    const { acknowledged } = load.ledger;
    await load.isRefused(12);
    // Each of the six may have left a room, which is told before it is written, and had an answer under way.
    assert.ok(load.ledger.acknowledged - acknowledged <= 12, `${load.ledger.acknowledged - acknowledged} more`);
    await standby.start();
    await load.goesOn(40);
    assert.deepEqual(await standby.sql('SELECT pg_is_in_recovery()'), ['t']);
    await primary.kill();
    await load.isRefused(5);
    const { pid } = hospital.daemon;
    await standby.sql('SELECT pg_promote()');
    await load.goesOn(60);
    await load.end();
    assert.equal(hospital.daemon.pid, pid);
    await load.ledger.compareThroughRest(hospital);
    load.ledger.compareWith(await lookInto(standby));
    hospital.assertHashed(await standby.dump());
});

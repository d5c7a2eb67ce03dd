// Configuration files, as texts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repository } from '../../e2e/lib/server.mjs';
import { plugins, testPlugins } from './daemon.mjs';

/// The shipped file, with edits: pairs of a text that must be in it, and what takes its place.
export function shipped(...edits) {
    let text = readFileSync(join(repository, 'conf/televisitd.yaml'), 'utf8');
    for (const [before, after] of edits) {
        if (!text.includes(before)) throw new Error(`conf/televisitd.yaml has no ${JSON.stringify(before)}`);
        text = text.replace(before, () => after);
    }
    return text;
}

/// A small server: storage in memory, REST and metrics. `more` adds plugins and roles, and sets sections. JSON is YAML.
export function small({ plugins: more = [], roles = {}, folders = [], ...sections } = {}) {
    return JSON.stringify({
        state_dir: '${env:TELEVISIT_STATE_DIR}',
        server: { host: '127.0.0.1', port: '${env:TELEVISIT_PORT}', loops: 1, ...sections.server },
        admin: { port: '${env:TELEVISIT_ADMIN_PORT}', ...sections.admin },
        security: { secret: '${state:secret}' },
        shutdown: { start_deadline: '5s', stop_deadline: '5s', drain_deadline: '2s', ...sections.shutdown },
        ...(sections.log ? { log: sections.log } : {}),
        ...(sections.sessions ? { sessions: sections.sessions } : {}),
        plugin_path: [...folders, plugins, testPlugins],
        roles: { records: 'memory', presence: 'memory', backplane: 'memory', authenticator: 'auth', ...roles },
        plugins: [
            { id: 'memory', use: 'storage-memory' },
            { id: 'auth', use: 'test-authenticator' },
            { id: 'rest', use: 'rest-api' },
            { id: 'metrics', use: 'metrics' },
            ...more,
        ],
    }, null, 2);
}

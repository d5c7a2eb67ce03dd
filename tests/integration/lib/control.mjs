// televisitctl, run to its end.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { shipped } from './config.mjs';
import { build, environment, plugins } from './daemon.mjs';

/// The shipped file; plugins as built.
export const builtIn = () => shipped(['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`]);

/// Its exit status and output, with the text of a configuration and what the environment adds to it.
export async function control(words, { config = builtIn(), env = {} } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'televisit-control-'));
    try {
        const file = join(folder, 'televisitd.yaml');
        writeFileSync(file, config);
        return await new Promise((done) => execFile(join(build, 'bin/televisitctl'), [...words, '--config', file],
            { env: environment({ TELEVISIT_STATE_DIR: join(folder, 'state'), ...env }) },
            (failure, out, error) => done({ status: failure ? failure.code : 0, out, error })));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

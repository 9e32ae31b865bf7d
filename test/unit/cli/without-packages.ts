import { createRequire, registerHooks } from 'node:module';

// Loaded before a command: to Tidegate's own modules its optional packages are then not installed.
const { peerDependencies } = createRequire(import.meta.url)('../../../package.json') as {
  peerDependencies: object;
};
const optional = Object.keys(peerDependencies);

registerHooks({
  resolve(specifier, context, next) {
    const name = optional.find((peer) => specifier === peer || specifier.startsWith(`${peer}/`));
    if (name === undefined || context.parentURL?.includes('node_modules')) return next(specifier, context);
    const error = new Error(`Cannot find package '${name}' imported from ${context.parentURL}`);
    throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
  },
});

// Where Pulumi starts a plugin for Node; the package's own entries are in package.json.
import './src/delivery/pulumi/plugin.ts';

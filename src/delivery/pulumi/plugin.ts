import { main } from '@pulumi/pulumi/provider/index.js';
import { componentProvider } from './component-provider.ts';

/** The plugin of PulumiPlugin.yaml: serves the component to programs in other languages. */
void main(componentProvider, process.argv.slice(2));

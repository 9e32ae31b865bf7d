export { nginxConfig } from './nginx/config.ts';
export {
  PROXY_OPTIONS,
  type ProxyOption,
  type ProxySpec,
  type ProxySpecInput,
  parseProxySpec,
} from './proxy-spec.ts';

import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { Postgres, type PostgresProps } from 'tidegate/constructs';

const ARGUMENTS = '/spec/template/spec/containers/0/args/-';

/** Postgres with PostGIS, which keeps statistics of its statements. */
export class GeoPostgres extends Postgres {
  constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id, { ...props, spec: { ...props.spec, image: 'registry.acme.example/postgis:17-3.5' } });
    ApiObject.of(this.node.findChild('statefulset')).addJsonPatch(
      ...['-c', 'shared_preload_libraries=pg_stat_statements'].map((text) => JsonPatch.add(ARGUMENTS, text)),
    );
  }
}

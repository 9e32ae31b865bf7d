import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubernetesYaml } from '../../src/delivery/kubernetes-yaml.ts';
import { example, exampleObjects, nameOf } from './environments.ts';

/**
 * A chart that renders the objects of many environments in one run of Helm, with nothing to decide: a template an object,
 * which writes it for each name of a list. It is what is cheapest for Helm, and spares it a file for each object.
 */
export function writeChart(directory: string, count: number): string {
  const chart = join(directory, 'chart');
  const templates = join(chart, 'templates');
  mkdirSync(templates, { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: chat\nversion: 1.0.0\n');
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  writeFileSync(join(chart, 'values.yaml'), kubernetesYaml({ names }));
  const { name } = example().metadata;
  for (const [index, object] of exampleObjects().entries()) {
    const text = kubernetesYaml(object).replaceAll(new RegExp(`\\b${name}(?=-|$)`, 'gm'), '{{ . }}');
    writeFileSync(join(templates, `${index}.yaml`), `{{- range .Values.names }}\n---\n${text}{{- end }}\n`);
  }
  return chart;
}

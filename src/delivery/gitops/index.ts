export { folderOf } from './folder.ts';
export { writeEnvironments } from './write.ts';

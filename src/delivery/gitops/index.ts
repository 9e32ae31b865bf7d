export { commit, ensureCommitted } from './commit.ts';
export { type ControllerOptions, writeControllers } from './controllers.ts';
export { folderOf } from './folder.ts';
export { withKeptImage } from './kept-image.ts';
export { type Promotion, promotion } from './promotion.ts';
export { writeEnvironments } from './write.ts';

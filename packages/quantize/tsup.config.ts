import { library } from '@subbyte/tsup';

export default library(['src/index.ts', 'src/opfs.ts']);

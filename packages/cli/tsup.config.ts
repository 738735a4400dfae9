import { library } from '@subbyte/tsup';

export default library(['src/index.ts', 'src/main.ts', 'src/bench/index.ts']);

// Which folder may import which (docs/architecture.md); the direction is one way, and there are no cycles.

/** What each part may import of our own packages, besides itself. */
const allowed = {
  'libs/contracts': [],
  'libs/engine': ['contracts'],
  'libs/platform': ['contracts'],
  'libs/sdk': ['contracts'],
  'libs/models': ['contracts', 'engine'],
  'libs/datasets': ['contracts'],
  'libs/training': ['contracts', 'engine', 'models', 'datasets'],
  'libs/data': ['contracts', 'platform'],
  'libs/domain': ['contracts', 'platform', 'data', 'models', 'datasets'],
  'apps/api': ['contracts', 'domain', 'platform'],
  'apps/worker': ['contracts', 'domain', 'platform', 'datasets'],
  'apps/trainer': ['contracts', 'training', 'models', 'datasets', 'engine'],
  'apps/cli': ['sdk'],
  'apps/dashboard': ['sdk'],
};

const directions = Object.entries(allowed).map(([folder, names]) => ({
  name: `direction: ${folder}`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: {
    path: '^(libs|apps)/',
    pathNot: [`^${folder}/`, ...names.map((name) => `^libs/${name}/src/index\\.ts$`)],
  },
}));

/** Packages that only one folder may load; the patterns are matched against the files that they resolve to. */
const owners = [
  ['SQL belongs to libs/data', '(pg|kysely)/', '^libs/data/'],
  ['TensorFlow belongs to libs/engine', '(koffi|@tensorflow)/', '^libs/engine/'],
  ['S3 belongs to libs/platform', 'minio/', '^libs/platform/'],
].map(([name, modules, folders]) => ({
  name,
  severity: 'error',
  from: { path: '^(libs|apps)/[^/]+/src/', pathNot: [folders, '\\.test\\.ts$'] },
  to: { path: `(^|/)node_modules/${modules}` },
}));

export default {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'contracts import only zod',
      severity: 'error',
      from: { path: '^libs/contracts/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^libs/contracts/', '(^|/)node_modules/zod/'] },
    },
    ...directions,
    ...owners,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};

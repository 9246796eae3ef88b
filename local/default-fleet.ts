/**
 * The fleet that a new local cloud starts with; written to `fleet.yaml` in its folder, where its owner may change it. Two clouds, two roles,
 * a runner, and one instance that does not answer, so that a first run shows what Drover does about it.
 */
export const defaultFleetYaml = `# The instances of your local cloud. Change it, then start a new run: it is read when the local cloud starts.
# cloud: aws | aliyun. behaviour: {offline: true}, {slowSeconds: 2}, {flaky: 0.1}, {stopped: true}, {noAgent: true}, {agentVersion: 3.1.0.0}.
# account: '222222222222' puts an instance into an account of its own, which is reached by credentials of its own.
instances:
  - {name: runner-1, cloud: aws, region: eu-west-1, address: 10.0.0.10, tags: {drover: runner}}
  - {name: legacy-1, cloud: aws, region: eu-west-1, address: 10.0.9.1, tags: {app: legacy, role: web}}
  - {name: legacy-2, cloud: aws, region: eu-west-1, address: 10.0.9.2, tags: {app: legacy, role: web}, behaviour: {offline: true}}
generate:
  - {count: 12, name: 'shop-web-{n}', cloud: aws, region: eu-west-1, tags: {app: shop, role: web, env: prod}}
  - {count: 4, name: 'shop-db-{n}', cloud: aws, region: eu-west-1, tags: {app: shop, role: db, env: prod}}
  - {count: 6, name: 'shop-cn-{n}', cloud: aliyun, region: cn-hangzhou, tags: {app: shop, role: web, env: prod}}
`;

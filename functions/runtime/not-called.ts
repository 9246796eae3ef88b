// In bundles this stands for packages that the client of Alibaba Cloud loads for what no call of ours does: opening WebSockets and SOCKS proxies
// (`ws`, `socks-proxy-agent`: 120 KB), XML (`xml2js`: 100 KB), and searching for credentials (`@alicloud/credentials`: 70 KB), which are handed to
// it. All of that would be loaded at each cold start. To use one would be a TypeError at once.
export {};

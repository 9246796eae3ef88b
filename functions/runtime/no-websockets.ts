// In bundles this stands for the packages with which the client of Alibaba Cloud would open WebSockets and SOCKS proxies (`ws`,
// `socks-proxy-agent`): 120 KB that are loaded at each cold start, for calls that are not made. To open one would be a TypeError at once.
export {};

using Appliance.Core.Digests;

namespace Appliance.Metadata.Idempotency;

/// <summary>A request that may arrive more than once and must do its work once.</summary>
/// <param name="Scope">Who sent it: keys of different callers never meet.</param>
/// <param name="Key">The key the client chose; equal on every repetition.</param>
/// <param name="Rpc">The full name of the RPC.</param>
/// <param name="RequestHash">SHA-256 of the request message.</param>
public readonly record struct IdempotentRequest(string Scope, string Key, string Rpc, Digest RequestHash);

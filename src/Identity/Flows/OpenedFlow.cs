using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;

namespace Appliance.Identity.Flows;

/// <summary>A new flow, with the secret by which its client proves to be the one that opened it.</summary>
public sealed record OpenedFlow(TokenFlowId Id, string Code, string WaitSecret);

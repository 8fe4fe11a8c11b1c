using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;

namespace Appliance.Metadata.Functions;

/// <summary>A function of an app; or one that was bound from it with parameters or options of its own.</summary>
/// <param name="Id">The object's.</param>
/// <param name="AppId">Whose it is.</param>
/// <param name="Tag">Its name within the app.</param>
/// <param name="DefinitionId">What it is now; null until the app is published for the first time.</param>
/// <param name="BaseId">What it was bound from.</param>
/// <param name="Parameters">What it was bound with, in the client's form.</param>
/// <param name="Options">What is different about it, in the client's form.</param>
/// <param name="Scaling">What was changed about its containers' number since the last deployment; JSON.</param>
public sealed record FunctionRecord(
    FunctionId Id,
    AppId AppId,
    string Tag,
    DefinitionId? DefinitionId = null,
    FunctionId? BaseId = null,
    byte[]? Parameters = null,
    byte[]? Options = null,
    byte[]? Scaling = null);

/// <summary>What a function was defined as at some time.</summary>
/// <param name="Id">Later ones have greater ids.</param>
/// <param name="FunctionId">Of which function.</param>
/// <param name="Definition">JSON, neutral.</param>
/// <param name="Sent">In the client's own form.</param>
public sealed record FunctionDefinitionRecord(DefinitionId Id, FunctionId FunctionId, byte[] Definition, byte[] Sent);

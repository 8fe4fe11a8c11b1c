using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Calls;

namespace Appliance.Engine.Calls;

/// <summary>What a container says came of an input.</summary>
/// <param name="Id">Of the input.</param>
/// <param name="Attempt">Which attempt it was, as the container was told.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Format">Of what the function returned, in the client's numbers.</param>
/// <param name="Body">The result in the client's form.</param>
/// <param name="Message">What went wrong, in one line; empty where nothing did.</param>
public sealed record InputOutcome(InputId Id, int Attempt, InputStatus Status, int Format, byte[] Body, string Message);

/// <summary>An input as a client sends it.</summary>
/// <param name="Position">Within the call, from 0.</param>
/// <param name="Method">Of a class; empty for a plain function.</param>
/// <param name="Arguments">What it carries.</param>
public sealed record NewInput(int Position, string Method, InputArguments Arguments);

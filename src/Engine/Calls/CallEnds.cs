using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Transactions;

namespace Appliance.Engine.Calls;

/// <summary>Gives a result to what will never have one of its own.</summary>
internal static class CallEnds
{
    private const int InputsPerWrite = 1000;

    /// <summary>Ends some open inputs of an app, few enough that other writers need not wait for it.</summary>
    /// <returns>The calls that have news; none when nothing was left.</returns>
    public static FunctionCallId[] EndSome(WriteTransaction write, AppId app, string why)
    {
        IReadOnlyList<InputRecord> open = InputRows.ListOpen(write, app, InputsPerWrite);
        foreach (InputRecord input in open)
        {
            InputRows.End(write, input.CallId, input.Id, InputStatus.Terminated, 0, null, why);
        }

        return [.. open.Select(each => each.CallId).Distinct()];
    }
}

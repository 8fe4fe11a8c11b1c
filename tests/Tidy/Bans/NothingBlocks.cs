using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>No thread waits for what could be awaited.</summary>
public sealed class NothingBlocks : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Source
        from access in file.Nodes<MemberAccessExpressionSyntax>()
        let fault = Fault(access)
        where fault is not null
        select file.At(access, fault);

    private static string? Fault(MemberAccessExpressionSyntax access) => access.Name.Identifier.Text switch
    {
        "Sleep" when access.Expression.ToString() is "Thread" => "Thread.Sleep; await the event, or Task.Delay with a TimeProvider.",
        "GetResult" when access.Expression.ToString().EndsWith(".GetAwaiter()", StringComparison.Ordinal) => "GetAwaiter().GetResult(); await it.",
        "Wait" when access.Parent is InvocationExpressionSyntax && access.Expression.ToString() is not "Monitor" => ".Wait(); await it (WaitAsync).",
        "WaitAll" or "WaitAny" when access.Expression.ToString() is "Task" => "Task.WaitAll and WaitAny; await WhenAll or WhenAny.",
        "Result" when IsTask(access.Expression) => ".Result of a task; await it.",
        _ => null,
    };

    // Without types at hand, the name tells a task: our awaitable members end in Async, variables in Task.
    private static bool IsTask(ExpressionSyntax expression)
    {
        string name = expression is InvocationExpressionSyntax call ? call.Expression.ToString() : expression.ToString();
        return name.EndsWith("Async", StringComparison.Ordinal) || name.EndsWith("Task", StringComparison.OrdinalIgnoreCase);
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>Whoever starts work waits for it, so that its failure and the end of the process find it.</summary>
public sealed class TasksHaveOwners : ITidyRule
{
    private const string Instead = "keep the task in a field and await it when the owner is disposed.";

    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Source)
        {
            foreach (InvocationExpressionSyntax call in file.Nodes<InvocationExpressionSyntax>().Where(IsOwnerless))
            {
                yield return file.At(call, $"{call.Expression} without an owner; {Instead}");
            }

            foreach (MethodDeclarationSyntax method in file.Nodes<MethodDeclarationSyntax>().Where(IsAsyncVoid))
            {
                yield return file.At(method, $"async void '{method.Identifier.Text}'; return a Task and {Instead}");
            }
        }
    }

    private static bool IsOwnerless(InvocationExpressionSyntax call) => call.Expression.ToString() switch
    {
        "ThreadPool.QueueUserWorkItem" or "ThreadPool.UnsafeQueueUserWorkItem" => true,
        "Task.Run" or "Task.Factory.StartNew" => IsDropped(call),
        _ => false,
    };

    private static bool IsDropped(SyntaxNode call) => call.Parent is ExpressionStatementSyntax
        || (call.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "_" } });

    private static bool IsAsyncVoid(MethodDeclarationSyntax method) =>
        method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
}

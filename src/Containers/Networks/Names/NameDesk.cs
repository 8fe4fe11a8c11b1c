using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Appliance.Containers.Networks.Names;

/// <summary>Answers single queries of containers by what each of them may know.</summary>
internal sealed class NameDesk(INameRules rules, UpstreamServers upstream)
{
    private const int QueriesOfContainerMax = 16;

    private readonly ConcurrentDictionary<IPAddress, int> running = new();

    /// <returns>Null when the query deserves no answer.</returns>
    public async Task<byte[]?> AnswerAsync(IPAddress container, ReadOnlyMemory<byte> query, ProtocolType protocol, CancellationToken cancellation)
    {
        if (NameQuestion.TryParse(query.Span) is not { } question)
        {
            return null;
        }

        // One container that asks without end must not keep the others from being answered.
        if (running.AddOrUpdate(container, 1, (_, count) => count + 1) > QueriesOfContainerMax)
        {
            Leave(container);
            return NameReply.Make(query.Span, question, NameReply.ServerFailure);
        }

        try
        {
            return await AnswerAsync(container, query, question, protocol, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Leave(container);
        }
    }

    private async Task<byte[]> AnswerAsync(
        IPAddress container, ReadOnlyMemory<byte> query, NameQuestion question, ProtocolType protocol, CancellationToken cancellation)
    {
        NameDecision decision = rules.Decide(container, question.Name);
        if (decision is NameDecision.Refuse or NameDecision.Hide)
        {
            return NameReply.Make(query.Span, question, decision == NameDecision.Refuse ? NameReply.Refused : NameReply.NoSuchName);
        }

        byte[]? reply = await upstream.AskAsync(query, question, protocol, cancellation).ConfigureAwait(false);
        if (reply is null)
        {
            return NameReply.Make(query.Span, question, NameReply.ServerFailure);
        }

        if (decision == NameDecision.ResolveAndOpen && NameReply.Addresses(reply, question.EndOffset) is { Count: > 0 } addresses)
        {
            rules.Open(container, question.Name, addresses);
        }

        return reply;
    }

    private void Leave(IPAddress container)
    {
        if (running.AddOrUpdate(container, 0, (_, count) => count - 1) == 0)
        {
            running.TryRemove(new(container, 0));
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Settings;

namespace Appliance.Identity.WebTokens;

/// <summary>
/// Issues and verifies the tokens with which clients reach one task through the command router. A client that holds an
/// unexpired one never asks for another, so the key must outlive restarts (contracts/sandbox.md §0.10).
/// </summary>
public sealed class TaskTokenSigner
{
    /// <summary>Clients renew a token shortly before its end, and then ask whether they may still have one.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    private const string KeySetting = "task-token-key";

    private readonly SignedTokens tokens;
    private readonly TimeProvider clock;

    private TaskTokenSigner(byte[] key, TimeProvider clock)
    {
        tokens = new SignedTokens(key);
        this.clock = clock;
    }

    /// <summary>Takes the stored key; the first time makes it.</summary>
    public static async Task<TaskTokenSigner> OpenAsync(MetadataStore store, TimeProvider clock)
    {
        byte[] key = await store.WriteAsync(write =>
            StoredSettings.Ensure(write, KeySetting, () => RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes))).ConfigureAwait(false);
        return new TaskTokenSigner(key, clock);
    }

    public string Issue(TaskId task) => Issue(task, Lifetime, isOfContainer: false);

    /// <summary>A token for the container itself, which it has for as long as it runs.</summary>
    public string IssueLasting(TaskId task) => Issue(task, TimeSpan.FromDays(100 * 365), isOfContainer: true);

    private string Issue(TaskId task, TimeSpan life, bool isOfContainer)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new TaskTokenClaims(task.Text, now, now + (long)life.TotalSeconds, isOfContainer);
        return tokens.Write(JsonSerializer.SerializeToUtf8Bytes(claims, TaskTokenJson.Default.TaskTokenClaims));
    }

    /// <summary>The task that a valid and unexpired token is for; null for any other text.</summary>
    public TaskId? Verify(string text) => Verify(text, isOfContainer: false);

    /// <summary>The container that a valid token was given to; null for any other text.</summary>
    public TaskId? VerifyContainer(string text) => Verify(text, isOfContainer: true);

    private TaskId? Verify(string text, bool isOfContainer)
    {
        if (tokens.Read(text) is not { } payload)
        {
            return null;
        }

        TaskTokenClaims claims = JsonSerializer.Deserialize(payload, TaskTokenJson.Default.TaskTokenClaims)!;
        bool isCurrent = clock.GetUtcNow().ToUnixTimeSeconds() < claims.ExpiresAt;
        return isCurrent && claims.IsOfContainer == isOfContainer && ObjectId.TryRead(claims.TaskId, out TaskId id) ? id : null;
    }
}

/// <summary>Times are Unix seconds; clients read <c>exp</c>.</summary>
internal sealed record TaskTokenClaims(
    [property: JsonPropertyName("task")] string TaskId,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("exp")] long ExpiresAt,
    [property: JsonPropertyName("container")] bool IsOfContainer);

[JsonSerializable(typeof(TaskTokenClaims))]
internal sealed partial class TaskTokenJson : JsonSerializerContext;

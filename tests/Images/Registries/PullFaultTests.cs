using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Microsoft.AspNetCore.Http;

namespace Appliance.Tests.Images.Registries;

public sealed class PullFaultTests
{
    private static readonly byte[] Layer = RegistryContent.Layer("big", new string('x', 2_000_000));

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pull_ConnectionsThatBreak_AreTakenUpWhereTheyBroke(bool knowsRanges)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        registry.KnowsRanges = knowsRanges;
        int breaks = 0;
        registry.Fault = async http =>
        {
            if (!IsLayer(http) || ++breaks > 2)
            {
                return false;
            }

            int start = http.Request.Headers.Range.Count > 0 && knowsRanges ? 700_000 : 0;
            http.Response.StatusCode = start > 0 ? 206 : 200;
            http.Response.Headers.ContentRange = start > 0 ? $"bytes {start}-{Layer.Length - 1}/{Layer.Length}" : default;
            http.Response.ContentLength = Layer.Length - start;
            await http.Response.Body.WriteAsync(Layer.AsMemory(start, breaks == 1 ? 700_000 : 1_000_000 - start));
            await http.Response.Body.FlushAsync();
            await Task.Delay(200);
            http.Abort();
            return true;
        };
        Image image = await rig.PullAsync($"{registry.Host}/a:1");
        Assert.Equal(2_000_000, rig.Read(image, "srv/big").Length);
        Assert.Equal(["", "bytes=700000-", "bytes=1000000-"], registry.Calls.Where(call => call.Path.EndsWith(RegistryContent.DigestOf(Layer), StringComparison.Ordinal)).Select(call => call.Range));
        Assert.Equal(Layer.Length, rig.Progress.Bytes);
    }

    [RootTheory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Pull_BusyRegistry_IsAskedAgainAndAtLastGivenUp(int status)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        int times = int.MaxValue;
        registry.Fault = http =>
        {
            if (times-- <= 0)
            {
                return Task.FromResult(false);
            }

            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "1";
            return Task.FromResult(true);
        };
        ApplianceException failure = await rig.FailAsync($"{registry.Host}/a:1");
        Assert.Equal((ErrorKind.Unavailable, 5), (failure.Kind, registry.Calls.Count));
        Assert.Contains($"{status}", failure.Message, StringComparison.Ordinal);
        times = 2;
        await rig.PullAsync($"{registry.Host}/a:1");
    }

    [RootFact]
    public async Task Pull_DamagedLayer_IsRefusedAndNamed()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        byte[] damaged = [.. Layer];
        damaged[5000] ^= 1;
        registry.Content.Blobs[RegistryContent.DigestOf(Layer)] = damaged;
        ApplianceException failure = await rig.FailAsync($"{registry.Host}/a:1");
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(RegistryContent.DigestOf(damaged), failure.Message, StringComparison.Ordinal);
        registry.Content.Blobs[RegistryContent.DigestOf(Layer)] = [.. Layer, 0];
        Assert.Contains("sends more", (await rig.FailAsync($"{registry.Host}/a:1")).Message, StringComparison.Ordinal);
        registry.Content.Blobs[RegistryContent.DigestOf(Layer)] = Layer[..^1];
        Assert.Contains("broke off", (await Assert.ThrowsAsync<ApplianceException>(() => rig.PullAsync($"{registry.Host}/a:1"))).Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Pull_WhatIsNotThere_SaysWhat()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        ApplianceException missing = await rig.FailAsync($"{registry.Host}/a:1");
        Assert.Equal((ErrorKind.NotFound, $"'{registry.Host}' has no image '{registry.Host}/a:1'."), (missing.Kind, missing.Message));
        registry.Content.AddManifest("a", "old", """{"schemaVersion":1,"fsLayers":[]}""");
        Assert.Contains("2016", (await rig.FailAsync($"{registry.Host}/a:old")).Message, StringComparison.Ordinal);
        registry.Content.AddManifest("a", "text", "<html>");
        Assert.Equal(ErrorKind.InvalidArgument, (await rig.FailAsync($"{registry.Host}/a:text")).Kind);
        registry.Content.Add("a", "gap", [(Layer, Layer)]);
        registry.Content.Blobs.Clear();
        Assert.Contains("configuration sha256:", (await rig.FailAsync($"{registry.Host}/a:gap")).Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Pull_HugeManifest_IsNotReadToItsEnd()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.AddManifest("a", "1", new string(' ', 9_000_000));
        Assert.Contains("longer than", (await rig.FailAsync($"{registry.Host}/a:1")).Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Pull_WithoutAWayThere_AnswersAtOnce()
    {
        await using PullRig rig = await PullRig.OpenAsync("127.0.0.1:9 plain-http");
        long start = TimeProvider.System.GetTimestamp();
        ApplianceException refused = await rig.FailAsync("127.0.0.1:9/a:1");
        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        Assert.Contains("'127.0.0.1:9' cannot be reached", refused.Message, StringComparison.Ordinal);
        ApplianceException unknown = await rig.FailAsync("no-such.invalid/a:1");
        Assert.Equal(ErrorKind.Unavailable, unknown.Kind);
        Assert.Contains("no-such.invalid", unknown.Message, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 8);
    }

    private static bool IsLayer(HttpContext http) => http.Request.Path.Value!.EndsWith(RegistryContent.DigestOf(Layer), StringComparison.Ordinal);
}

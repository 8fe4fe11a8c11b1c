using Appliance.Metadata;
using Appliance.Metadata.Settings;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class StoredSettingsTests : IDisposable
{
    private readonly TestDirectory directory = new();

    [Fact]
    public async Task Ensure_SecondTime_AnswersTheFirstValueAlsoAfterARestart()
    {
        await using (MetadataStore store = await directory.OpenAsync())
        {
            Assert.Equal([1, 2], await store.WriteAsync(write => StoredSettings.Ensure(write, "key", () => [1, 2])));
        }

        await using MetadataStore again = await directory.OpenAsync();
        Assert.Equal([1, 2], await again.WriteAsync(write => StoredSettings.Ensure(write, "key", () => [3])));
    }

    [Fact]
    public async Task Write_EmptyThenDeleted_IsEmptyThenNull()
    {
        await using MetadataStore store = await directory.OpenAsync();
        await store.WriteAsync(write => StoredSettings.Write(write, "key", []));
        Assert.Equal([], store.Read(read => StoredSettings.Find(read, "key"))!);

        Assert.True(await store.WriteAsync(write => StoredSettings.Delete(write, "key")));
        Assert.Null(store.Read(read => StoredSettings.Find(read, "key")));
    }

    public void Dispose() => directory.Dispose();
}
